"""Files on disk: written atomically, readable by their owner only, with checksums; strict JSON; SQLite shared by processes."""
