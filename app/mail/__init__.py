"""Mail: composed as text and simple HTML, sent by SMTP."""
