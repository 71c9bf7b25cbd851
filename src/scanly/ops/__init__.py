"""Floor 10: what keeps an installation well: schema, backups, archives, checks and figures."""
