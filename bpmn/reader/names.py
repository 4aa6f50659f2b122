"""Namespaces and element names of BPMN 2.0.2, its diagram interchange, and our own extension."""

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
FD = "http://faultdesk.org/schema/1.0"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

STANDARD = frozenset({BPMN, BPMNDI, DC, DI, XSI, XML, FD, ""})
"""Namespaces whose content is either read or reported element by element."""

LANG = f"{{{XML}}}lang"


def bpmn(local: str) -> str:
    """The lxml tag of a BPMN element."""
    return f"{{{BPMN}}}{local}"


def fd(local: str) -> str:
    """The lxml tag or attribute name of our extension."""
    return f"{{{FD}}}{local}"


def split(tag: str) -> tuple[str, str]:
    """Namespace ('' for none) and local name of an lxml tag or attribute name."""
    if tag.startswith("{"):
        namespace, _, local = tag[1:].partition("}")
        return namespace, local
    return "", tag


KEPT_AS_DOCUMENTATION = frozenset(
    {
        "artifact", "assignment", "association", "auditing", "category", "categoryValue",
        "correlationKey", "correlationProperty", "correlationPropertyBinding", "correlationPropertyRef",
        "correlationPropertyRetrievalExpression", "correlationSubscription", "dataInput",
        "dataInputAssociation", "dataInputRefs", "dataObject", "dataObjectReference", "dataOutput",
        "dataOutputAssociation", "dataOutputRefs", "dataPath", "dataState", "dataStore",
        "dataStoreReference", "endPoint", "errorRef", "eventDefinitionRef", "expression", "extension",
        "formalExpression", "from", "group", "import", "inMessageRef", "inputDataItem", "inputSet",
        "inputSetRefs", "interface", "interfaceRef", "ioBinding", "ioSpecification", "itemDefinition",
        "loopDataInputRef", "loopDataOutputRef", "messageFlow", "messageFlowAssociation",
        "messageFlowRef", "messagePath", "monitoring", "operation", "operationRef", "optionalInputRefs",
        "optionalOutputRefs", "outMessageRef", "outputDataItem", "outputSet", "outputSetRefs",
        "participantAssociation", "participantMultiplicity", "participantRef", "partnerEntity",
        "partnerRole", "property", "relationship", "rendering", "resourceParameter",
        "resourceParameterBinding", "sourceRef", "supportedInterfaceRef", "supports", "targetRef",
        "text", "textAnnotation", "to", "transformation", "whileExecutingInputRefs",
        "whileExecutingOutputRefs",
    }
)  # fmt: skip
"""BPMN elements that say something to a reader of the diagram but nothing to this release's engine."""
