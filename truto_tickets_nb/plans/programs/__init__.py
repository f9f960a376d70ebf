"""Plans as programs to copy and paste: shell, Python and JavaScript, with and without Truto's own SDKs."""
