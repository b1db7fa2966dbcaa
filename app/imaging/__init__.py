"""Pictures that came from outside, decoded in a process that may be killed.

`decoder` is the parent's side, `worker` the child's, `decoding` what the child does, `limits` what
it may cost and `errors` what may go wrong. Nothing is imported here: the child imports this
package too, and should import little.
"""
