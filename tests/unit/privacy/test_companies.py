"""Companies' numbers: by their forms and check digits, never where a person's number has the same form."""

import pytest

from shared.privacy import mask
from shared.privacy.detectors.companies import is_company


@pytest.mark.parametrize(
    "number",
    [
        "12.345.678/0001-90", "abc010203ab1", "j0310000118842", "30-71234567-1", "77.704.335-8",
        "900.373.913-4", "3-102-718845", "1798079554001", "80027227-7", "211444490017",
        "47-3902218", "30712345671", "j-29604332-9", "51 824 753 556",
        "0000418-77.2023.5.23.0066", "90.012.44817/73", "e2244968420260309151288af01c77d2e",
        "kmhwh81kblu902947",
    ],
)  # fmt: skip
def test_a_companys_number_is_known_by_its_form(number: str) -> None:
    assert is_company(number)


@pytest.mark.parametrize(
    "number",
    [
        "15.422.294-4", "77.704.335-1", "20-23456789-3", "1717904237001", "v18440917", "211444490018",
        "80027227-1", "34319444779", "113.586.606-62", "abcd010203ab1", "",
        "51 824 753 557", "gazp811103mpldhh03", "90012448173",
    ],
)  # fmt: skip
def test_a_persons_number_is_not(number: str) -> None:
    assert not is_company(number)


def test_the_words_of_a_text_tell_what_the_form_alone_does_not() -> None:
    assert is_company("77.704.335-1", {"rut"})
    assert is_company("b91263285", {"nif"})
    assert not is_company("b91263285")
    assert not is_company("b91263284", {"nif"})


def test_the_word_beside_a_number_of_a_companys_form_decides() -> None:
    assert mask("RG 77.704.335-8").text == "RG ⟦national_id⟧"
    assert mask("conta 62813413-8").text == "conta ⟦bank_account⟧"
    assert mask("NIF B91263285").text == "NIF B91263285"
    assert mask("la empresa es 77.704.335-8").text == "la empresa es 77.704.335-8"
