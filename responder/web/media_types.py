"""The media types of the files that people take along."""

_OFFICE = "application/vnd.openxmlformats-officedocument"

CSV = "text/csv"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"
DOCX = f"{_OFFICE}.wordprocessingml.document"
