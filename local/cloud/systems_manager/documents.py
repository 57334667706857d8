"""Documents of Systems Manager with their versions. Source: API reference, CreateDocument to DeleteDocument."""

import hashlib
import json
import time

import yaml
from ministack.core.responses import AccountRegionScopedDict, get_account_id
from ministack.services import ssm
from replacing import replaces

from .requests import Refused, action

_documents = AccountRegionScopedDict()


@replaces(ssm, "get_state")
def save_documents(former):
    return {**former(), "documents": _documents}


@replaces(ssm, "load_persisted_state")
def load_documents(former, data):
    _documents.update((data or {}).get("documents", {}))
    return former(data)


@replaces(ssm, "reset")
def forget_documents(former):
    _documents.clear()
    return former()


def find(name, version=None):
    """A document, by name or ARN, and one of its versions."""
    document = _documents.get((name or "").rsplit("document/", 1)[-1])
    if document is None:
        raise Refused("InvalidDocument", f"Document with name {name} does not exist.")
    if version in (None, "", "$DEFAULT"):
        version = document["DefaultVersion"]
    elif version == "$LATEST":
        version = document["LatestVersion"]
    if str(version) not in document["Versions"]:
        message = f"The document version {version} of {name} is not valid or does not exist."
        raise Refused("InvalidDocumentVersion", message)
    return document, document["Versions"][str(version)]


def parsed(content, document_format):
    try:
        value = json.loads(content) if document_format == "JSON" else yaml.safe_load(content)
    except (ValueError, yaml.YAMLError) as error:
        raise Refused("InvalidDocumentContent", f"The content is not {document_format}: {error}") from error
    if not isinstance(value, dict) or "schemaVersion" not in value:
        raise Refused("InvalidDocumentContent", "The content has no schemaVersion.")
    return value


def new_version(request, number):
    document_format = request.get("DocumentFormat") or "JSON"
    parsed(request["Content"], document_format)
    return {
        "DocumentVersion": str(number),
        "Content": request["Content"],
        "DocumentFormat": document_format,
        "TargetType": request.get("TargetType"),
        "VersionName": request.get("VersionName"),
        "CreatedDate": time.time(),
    }


@action("CreateDocument")
def create(request):
    name = request["Name"]
    if name in _documents:
        raise Refused("DocumentAlreadyExists", f"Document with name {name} already exists.")
    _documents[name] = {
        "Name": name,
        "DocumentType": request.get("DocumentType") or "Command",
        "DefaultVersion": "1",
        "LatestVersion": "1",
        "Versions": {"1": new_version(request, 1)},
        "AccountIds": [],
    }
    if request.get("Tags"):
        ssm._tags[name] = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    return {"DocumentDescription": description(*find(name))}


@action("UpdateDocument")
def update(request):
    document, former = find(request["Name"], request.get("DocumentVersion"))
    latest = document["Versions"][document["LatestVersion"]]
    changed = {**{name: former.get(name) for name in ("DocumentFormat", "TargetType")}, **request}
    version = new_version(changed, int(document["LatestVersion"]) + 1)
    same = ("Content", "DocumentFormat", "TargetType", "VersionName")
    if all(version[name] == latest[name] for name in same):
        raise Refused(
            "DuplicateDocumentContent",
            "The content of the association document matches another document. Change the content of the document "
            "and try again.",
        )
    document["Versions"][version["DocumentVersion"]] = version
    document["LatestVersion"] = version["DocumentVersion"]
    return {"DocumentDescription": description(document, version)}


@action("UpdateDocumentDefaultVersion")
def set_default(request):
    document, version = find(request["Name"], request["DocumentVersion"])
    document["DefaultVersion"] = version["DocumentVersion"]
    return {"Description": {"Name": document["Name"], "DefaultVersion": document["DefaultVersion"]}}


@action("DescribeDocument")
def describe(request):
    return {"Document": description(*find(request["Name"], request.get("DocumentVersion")))}


@action("GetDocument")
def get(request):
    document, version = find(request["Name"], request.get("DocumentVersion"))
    wanted = request.get("DocumentFormat") or "JSON"
    content = version["Content"]
    if wanted != version["DocumentFormat"]:
        value = parsed(content, version["DocumentFormat"])
        content = json.dumps(value, indent=2) if wanted == "JSON" else yaml.safe_dump(value, sort_keys=False)
    return {
        **common(document, version),
        "Content": content,
        "DocumentFormat": wanted,
    }


@action("DeleteDocument")
def delete(request):
    document, _ = find(request["Name"])
    del _documents[document["Name"]]
    ssm._tags.pop(document["Name"], None)
    return {}


@action("DescribeDocumentPermission")
def describe_permission(request):
    document, _ = find(request["Name"])
    return {"AccountIds": document["AccountIds"], "AccountSharingInfoList": []}


@action("ModifyDocumentPermission")
def modify_permission(request):
    document, _ = find(request["Name"])
    kept = set(document["AccountIds"]) - set(request.get("AccountIdsToRemove") or [])
    document["AccountIds"] = sorted(kept | set(request.get("AccountIdsToAdd") or []))
    return {}


def common(document, version):
    shown = {
        "Name": document["Name"],
        "DocumentType": document["DocumentType"],
        "DocumentVersion": version["DocumentVersion"],
        "DocumentFormat": version["DocumentFormat"],
        "Status": "Active",
        "CreatedDate": version["CreatedDate"],
        "VersionName": version["VersionName"],
    }
    return {name: value for name, value in shown.items() if value is not None}


def description(document, version):
    content = parsed(version["Content"], version["DocumentFormat"])
    shown = {
        **common(document, version),
        "DefaultVersion": document["DefaultVersion"],
        "LatestVersion": document["LatestVersion"],
        "Description": content.get("description"),
        "SchemaVersion": content["schemaVersion"],
        "TargetType": version["TargetType"],
        "Owner": get_account_id(),
        "Hash": hashlib.sha256(version["Content"].encode()).hexdigest(),
        "HashType": "Sha256",
        "PlatformTypes": ["Linux", "MacOS"],
        "Parameters": [
            {
                "Name": name,
                "Type": parameter.get("type", "String"),
                "Description": parameter.get("description", ""),
                "DefaultValue": str(parameter.get("default", "")),
            }
            for name, parameter in (content.get("parameters") or {}).items()
        ],
        "Tags": [
            {"Key": key, "Value": value}
            for key, value in (ssm._tags.get(document["Name"]) or {}).items()
        ],
    }
    return {name: value for name, value in shown.items() if value is not None}


