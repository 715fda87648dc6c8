"""One module a task: network, data, loss, training and figures, each to be read from top to bottom."""
