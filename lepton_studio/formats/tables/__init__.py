"""Tables and records: CSV, workbooks, JSON, Parquet, `datasets` folders, tokens in rows."""
