"""Any text is masked, in time that grows with its length and no faster, and without an exception."""

import time

import pytest

from shared.privacy import mask

SIZE = 8_000
HOSTILE = {
    "words": "palavra qualquer ",
    "digits": "1",
    "spaced digits": "1 ",
    "pairs": "12 ",
    "threes": "123 ",
    "fours": "1234 ",
    "elevens": "12345678901 ",
    "hyphens": "123-",
    "codes": "a1 ",
    "cpfs": "meu cpf 113.586.606-62 ",
    "unfinished e-mails": "a@",
    "pix e-mails": "pix a@b.co ",
    "passwords": "senha ",
    "passwords glued": "senha:",
    "quotes": 'senha: "',
    "streets": "rua 12, ",
    "illnesses": "diabetes ",
    "dots": "a.",
    "underscores": "a_",
    "zero width": "1\u200b",
    "combining marks": "e\u0301",
    "brackets": "⟦",
    "placeholders": "⟦password⟧",
    "births": "nasci em ",
    "birth dates": "nasci 12/03/85 ",
    "cards": "4111 1111 1111 1111 ",
    "prefixes": "sk_",
    "tokens": "token ey",
    "keys": "-----begin private key----- ",
    "ibans": "es91 2100 ",
    "phones": "telefone da minha mae 11 98765-4321 ",
    "query strings": "?token=abcdefg1&",
    "dates": "12 de jan ",
    "accounts": "ag 123 conta 45678-9 ",
    "pains": "dolor cabeza ",
    "grouped ibans": "gb29 nwbk ",
    "grouped letters": "gb29nwbk6016",
    "licences": "MORGA 657054 SM9IJ ",
    "pairs and letters": "JG 10 37 59 A ",
    "logins": "root / ",
    "said signs": "senha: sol cerquilha 44 ",
    "sayings": "casi me da un infarto ",
    "listed passwords": "senha ab1234 e a cd5678 e ",
    "values before passwords": "puse luna22 de ",
    "codes of cards": "cvv do cartao ",
    "words of cards": "cartao de ",
    "numbered accounts": "numero de cuenta ",
    "doors": "portao codigo 4471 ",
    "animals": "perro diabetes ",
    "postal codes": "12 High Street DN31 3LL ",
    "spoken digits": "um dois tres ",
    "spoken tens": "cincuenta y ",
    "spoken millions": "once millones ",
    "spaced codes": "clave 4 8 1 5, ",
    "wishes": "senha quero ",
    "chosen passwords": "senha quero a ab1234 ",
    "phrases": "senha sol e mar ",
    "phrases typed as one": "senha sol tudo junto ",
    "patterns": "patron desbloqueo arriba ",
    "keypads": "alarme com 4471 ",
    "links": "https://a.example/reset?k=a81Fq02Zx ",
    "one endless link": "https://a.example/reset/a1B2",
    "random strings": "kP3vX9sLq2Zt7RbW8nYd4MfJ ",
    "alike ids": "passport A02553292 ",
    "unlike ids": "passport A02553292, x1 ",
    "corrected codes": "senha 112358, no sorry ",
    "codes that came": "o codigo que chegou 0544 ",
    "codes of nothing": "o codigo que chegou ",
    "curps": "curp goch 830828 ",
    "passports": "passaporte ab 123 ",
    "births of children": "filho 12/03/2018 ",
    "homes": "c/ Mayor 3, 2  izda ",
    "codes that let in": "entrou com 730118 e ",
    "padlocks": "el candado 1041 y ",
    "diagnosed": "diagnosticaron en ",
}


def seconds(text: str) -> float:
    start = time.process_time()
    mask(text)
    return time.process_time() - start


def least_seconds(text: str) -> float:
    """What a text costs without what a machine under load adds, which slows one half of a comparison."""
    return min(seconds(text) for _ in range(2))


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    quarter = (piece * SIZE)[: SIZE // 4]
    whole = (piece * SIZE)[:SIZE]
    mask(piece * 10)
    # Four times the text may cost four times as much; a square would be sixteen.
    assert least_seconds(whole) < 10 * least_seconds(quarter) + 0.05


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["cpf 529.982.247-25 Rua das Flores, 123, apto 45 ", "nota 529.982.247-25\n"],
    ids=["homes", "ids"],
)
def test_what_reads_back_from_each_value_shows_in_a_long_text(piece: str) -> None:
    quarter, whole = (piece * 96_000)[:24_000], (piece * 96_000)[:96_000]
    # A square stays hidden behind what each value costs anyway, until there are some thousands.
    assert least_seconds(whole) < 7 * least_seconds(quarter)


@pytest.mark.slow
def test_what_stands_around_many_numbers_is_not_read_for_each() -> None:
    numbers = "021 345 6789 " * 900
    mask(numbers[:130])
    assert seconds("\n" * 200_000 + numbers) < 2 * seconds(numbers) + 0.2


@pytest.mark.slow
@pytest.mark.parametrize("char", ["😀", "7", " ", "\n", "a", "\ud800", "\u200b", "⟦", "漢", "\0"], ids=ascii)
def test_a_megabyte_of_one_character_is_nothing_special(char: str) -> None:
    text = char * 1_000_000
    assert mask(text).text == text


@pytest.mark.slow
def test_a_long_text_is_masked_to_its_end() -> None:
    text = "bom dia " * 12_000 + "meu cpf é 113.586.606-62"
    assert mask(text).text.endswith("meu cpf é ⟦national_id⟧")


@pytest.mark.parametrize(
    "text",
    [
        "\ud83d",
        "\udc00cpf\ud800 11358660662",
        "מספר 113.586.606-62",
        "код 483920",
        "電話 090-1234-5678",
        "\x00\x01\x7f",
    ],
)
def test_strange_texts_raise_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once.text) == once
