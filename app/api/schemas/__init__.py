"""What operations take and answer, as marshmallow schemas: checked on the way in, documented on the way out."""
