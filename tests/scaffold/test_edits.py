"""Where a new line goes in a file that is there, and what is said if there is no such place."""

import json

import pytest

from apps.scaffold.python_edits import merged, with_element
from apps.scaffold.rights import with_right, with_user
from apps.scaffold.stack import with_resource
from apps.scaffold.text_edits import before_line, with_queue

RIGHTS = """\
users: [
    {
      # Counts cups.
      user: counter, password: $COUNTER
      permissions: {
        publish: [
          "cups.count"  # seen
        ]
        subscribe: ["_INBOX_counter.>"]
      }
    }
    {
      user: drier, password: $DRIER
      permissions: {
        publish: {
          allow: [
            "cups.>"
          ]
          deny: [
            # Not these:
            "cups.broken",
            "cups.lost"
          ]
        }
      }
    }
]
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A = []\n", 'A = ["x",]\n'),
        ("A: list[str] = []\n", 'A: list[str] = ["x",]\n'),
        ('A = ["ä"]\n', 'A = ["ä", "x"]\n'),
        ('A = (\n    "a",  # one\n)\n', 'A = (\n    "a", "x",  # one\n)\n'),
        ('A = ["x"]\n', 'A = ["x"]\n'),
    ],
)
def test_an_element_is_added_once(text: str, expected: str) -> None:
    assert with_element(text, "A", '"x"') == expected


def test_an_entry_is_added_to_a_dict() -> None:
    assert (
        with_element('A = {\n    "a": 1,\n}\n', "A", '"b": 2') == 'A = {\n    "a": 1, "b": 2,\n}\n'
    )


def test_a_list_that_is_missing_is_named() -> None:
    with pytest.raises(LookupError, match="a list, tuple or dict A"):
        with_element("A = some()\n", "A", '"x"')


def test_a_module_gets_imports_and_definitions_before_its_contracts() -> None:
    present = '"""Teas."""\n\nimport a\n\nlogger = a.b()\n\nCONTRACTS = (a.one(),)\n'
    more = (
        '"""Cups."""\n\nimport c\n\nlogger = c.d()\n\n\nclass Cup:\n    """One."""\n\n\n'
        "CONTRACTS = (*c.two(),)\n"
    )
    names: dict[str, object] = {}
    text = merged(present, more)
    assert [line for line in text.splitlines() if line] == [
        '"""Teas."""',
        "import a",
        "import c",
        "logger = a.b()",
        "class Cup:",
        '    """One."""',
        "CONTRACTS = (a.one(), *c.two(),)",
    ]
    exec(text.replace("import", "# import").replace("a.b()", "1").split("CONTRACTS")[0], names)
    assert "Cup" in names


def test_a_user_stands_before_its_neighbour() -> None:
    text = with_user(RIGHTS, "    {\n      user: taster, password: $T\n    }\n", before="drier")
    assert text.index("user: counter") < text.index("user: taster") < text.index("user: drier")


def test_a_right_is_added_to_the_list_of_its_user() -> None:
    text = with_right(RIGHTS, user="counter", right="publish", subjects=["a", "b"])
    assert '"cups.count",  # seen\n          "a",\n          "b"\n        ]' in text
    text = with_right(RIGHTS, user="drier", right="publish", subjects=["a"])
    assert '"cups.>",\n            "a"\n' in text
    text = with_right(RIGHTS, user="drier", right="deny", subjects=["a"])
    assert '"cups.lost",\n            "a"\n' in text


@pytest.mark.parametrize(
    ("user", "right", "missing"),
    [("nobody", "publish", "the user nobody"), ("counter", "subscribe", "a list subscribe")],
)
def test_a_right_that_has_no_place_is_named(user: str, right: str, missing: str) -> None:
    with pytest.raises(LookupError, match=missing):
        with_right(RIGHTS, user=user, right=right, subjects=["a"])


def test_a_policy_gets_a_queue_of_the_same_account() -> None:
    policy = {"Statement": [{"Sid": "Send", "Resource": "arn:aws:sqs:there:1:teas"}]}
    found = json.loads(with_queue(json.dumps(policy), "Send", "cups"))
    assert found["Statement"][0]["Resource"] == [
        "arn:aws:sqs:there:1:teas",
        "arn:aws:sqs:there:1:cups",
    ]
    with pytest.raises(LookupError, match="the statement Take"):
        with_queue(json.dumps(policy), "Take", "cups")


def test_a_line_stands_before_another() -> None:
    assert before_line("a:\nb:\n", "b:", "new:\n") == "a:\nnew:\nb:\n"
    with pytest.raises(LookupError, match="begins with 'c:'"):
        before_line("a:\n", "c:", "new:\n")


STACK = """\
  WebRole:
    - PolicyName: web
      Statement:
        - Sid: Count
          Resource:
            - !GetAtt Teas.Arn
        - Sid: Read
          Resource: !GetAtt Cups.Arn
"""


def test_a_statement_of_the_stack_gets_a_resource() -> None:
    edited = with_resource(STACK, service="web", statement="Count", line="- !GetAtt Pots.Arn")
    assert "            - !GetAtt Teas.Arn\n            - !GetAtt Pots.Arn\n        - Sid" in edited
    with pytest.raises(LookupError, match="the list of resources of Read of web"):
        with_resource(STACK, service="web", statement="Read", line="")
