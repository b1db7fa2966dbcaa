"""Pictures and files that came from outside, opened in a process that may be killed.

`decoder` is the parent's side, `answers` what it makes of an answer, `worker` the child's side,
`decoding`, `tiff_decoding` and `previewing` what the child does, `limits` what it may cost and
`errors` what may go wrong. Nothing is imported here: the child imports this package too, and should
import little.
"""
