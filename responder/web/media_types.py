"""The media types of the files that people take along."""

_OFFICE = "application/vnd.openxmlformats-officedocument"

XLSX = f"{_OFFICE}.spreadsheetml.sheet"
DOCX = f"{_OFFICE}.wordprocessingml.document"
