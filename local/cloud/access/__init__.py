"""IAM decides about every call, as the Service Authorization Reference says. The embedded cloud itself knows policies,
signatures and sessions, but not the actions and resources of many calls, and few of the rights of services."""

from . import actions, conditions, execution_roles, judge, parsed_policies, services, sessions  # noqa: F401
