"""Sessions of roles that no call of AWS gives out. The metadata service of EC2 gives a machine the one of the role in its
instance profile; the fleet (local/fleet) asks for it."""

import hashlib

import control
from auto_scaling.groups import find_instance
from ministack.core.responses import get_account_id, set_request_account_id, set_request_region
from ministack.services import ec2, iam, sts
from service_roles import trusts

from .more_rights import roles_of


@control.handles("machine-credentials")
def credentials_of_machine(request):
    """{account, region, instance} -> {accessKeyId, secretAccessKey, sessionToken}, or null without a role."""
    set_request_account_id(request["account"])
    set_request_region(request["region"])
    role_arn = role_of_instance(request["instance"])
    return role_arn and session_of(role_arn, request["instance"])


@control.handles("role-session")
def credentials_of_service(request):
    """{account, role} -> what a service gets that assumes the role, whoever it trusts: tests try what it may not do."""
    set_request_account_id(request["account"])
    role = iam._roles.get(request["role"])
    return role and session_of(role["Arn"], "test")


def session_of(role_arn, name):
    account, role = get_account_id(), role_arn.rpartition("/")[2]
    # The same every time: it may be asked for as often as one likes.
    digest = hashlib.sha256(f"{name}:{role_arn}".encode()).hexdigest()
    key, secret, token = f"ASIA{digest[:16].upper()}", f"secret{digest}", f"token{digest}"
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
            "UserId": f"{sts._role_id(role_arn)}:{name}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "AccountId": account,
            "PrincipalType": "AssumedRole",
        },
    )
    return {"accessKeyId": key, "secretAccessKey": secret, "sessionToken": token}


def role_of_instance(instance_id):
    found = find_instance(instance_id)
    if found is None:
        return None
    template = found[1]["LaunchTemplate"]
    reference = template.get("LaunchTemplateId", "")
    named = "LaunchTemplateId" if reference.startswith("lt-") else "LaunchTemplateName"
    content, _, _ = ec2._resolve_launch_template_data({named: reference, "Version": template.get("Version")})
    roles = roles_of((content or {}).get("IamInstanceProfile") or {})
    return next((role for role in roles if role and is_for_machines(role)), None)


def is_for_machines(role_arn):
    role = iam._roles.get(role_arn.rpartition("/")[2])
    return trusts(role, "ec2.amazonaws.com")
