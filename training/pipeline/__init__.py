"""All models by one command: the steps, what each depends on, and the journal of those that are done."""
