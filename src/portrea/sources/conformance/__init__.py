"""The validators of others, run on lines already read: what each refuses, in French."""
