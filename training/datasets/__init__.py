"""One module a dataset: a folder on disk to samples with labels, groups and the split of DESIGN section 4."""
