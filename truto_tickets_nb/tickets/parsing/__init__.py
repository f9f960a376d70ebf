"""Text as people and programs write it -> dates, numbers, truth values, lists: one module each, used by every way in."""
