"""The credentials that the metadata service of EC2 gives to a machine: those of the role in its instance profile. The
fleet (local/fleet) asks for them."""

import hashlib

import control
from auto_scaling.groups import find_instance
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import ec2, iam, sts
from service_roles import trusts

from .more_rights import roles_of


@control.handles("machine-credentials")
def credentials_of_machine(request):
    """{account, region, instance} -> {accessKeyId, secretAccessKey, sessionToken}, or null without a role."""
    set_request_account_id(request["account"])
    set_request_region(request["region"])
    instance = request["instance"]
    role_arn = role_of_instance(instance)
    if role_arn is None:
        return None
    name = role_arn.rpartition("/")[2]
    # The same every time, as long as the machine has the role: a machine may ask as often as it likes.
    digest = hashlib.sha256(f"{instance}:{role_arn}".encode()).hexdigest()
    key, secret, token = f"ASIA{digest[:16].upper()}", f"secret{digest}", f"token{digest}"
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{request['account']}:assumed-role/{name}/{instance}",
            "UserId": f"{sts._role_id(role_arn)}:{instance}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "AccountId": request["account"],
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
