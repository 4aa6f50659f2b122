"""The directory of an installation, as lint reads it."""

from marshmallow import fields

from app.api.schemas.fields import Flag, Shown, Str


class RoleEntryShown(Shown):
    """A role with the number of its active members: per business key, or under an empty one for a general role."""

    key = Str()
    per_business = Flag()
    members = fields.Dict(keys=Str(), values=fields.Integer())


class DirectoryShown(Shown):
    """Roles, active businesses and existing processes."""

    roles = fields.List(fields.Nested(RoleEntryShown))
    businesses = fields.List(Str())
    processes = fields.List(Str())
