"""What the system before Mien trained, rerun under Mien's protocols: the rows that Mien's figures stand beside.

One file a task, to be read from top to bottom. Network, input and course of training are that system's; data, splits
and figures are Mien's (DESIGN section 4). Where validation data choose, the best epoch is kept, as Mien does, which
favours the baseline. Nothing here ships: a run leaves ``figures.json`` in its run folder.
"""
