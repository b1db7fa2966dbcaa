"""Pictures: still, stacked and live, with levels, readout and measuring.

`image_viewer` puts it together. No Qt is needed by `colour_maps`, `levels`, `rendering`, `view`,
`measuring` and `page`, which hold what is computed; `renderer` runs them off the Qt thread.
"""
