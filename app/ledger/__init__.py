"""The ledger: what was run, by whom, with what, what came of it."""
