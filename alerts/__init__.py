"""Many documents, or the user's wishes: stories, rules, what is worth telling, and telling it."""
