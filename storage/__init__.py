"""Files and folders that are whole or not there, whatever ends the program meanwhile."""
