"""Random programs: blocks in blocks, with a guard more often than not somewhere before the face call."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from .shapes import DIALECTS, Dialect, Lines, Program, indent, under
from .systematic import finish

HANDLERS: Final = (
    "except PermissionError:",
    "except ValueError:",
    "except (ValueError, PermissionError):",
    "except OSError:",
    "except Exception:",
    "except Denied:",
    "except:",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: how deep it may still nest, and what is allowed there."""

    depth: int
    loop: bool = False
    run: bool = True  # the body of ``run``: its parameters and its variable ``ok`` are there
    truth: bool = False  # a helper whose returned truth is used
    final: bool = False  # inside ``finally``: no jumps out, so that they stay rare

    def deeper(self, loop: bool | None = None, final: bool | None = None) -> Place:
        return replace(
            self,
            depth=self.depth - 1,
            loop=self.loop if loop is None else loop,
            final=self.final if final is None else final,
        )


class Maker:
    """Makes the lines of one program."""

    def __init__(self, rng: Random, dialect: Dialect) -> None:
        self.rng = rng
        self.dialect = dialect
        self.faces = 0

    # ------------------------------------------------------------------------------------------------------ conditions

    def noise(self, place: Place) -> str:
        return self.rng.choice(
            ("flag1", "flag2", "flag1", "probe()", "not flag1") if place.run else ("probe()", "not probe()")
        )

    def granted(self, place: Place) -> str:
        """True only with consent, if all goes well."""
        one, two = self.noise(place), self.noise(place)
        forms = ["<C>"] * 6 + [f"{one} and (<C>)", f"(<C>) and {one}", f"not (<N> or {one})"]
        forms += [f"({one} or <C>)", f"(<C> if {one} else False)", f"(<C> if {one} else {two})"]
        if place.run:
            forms += ["ok"] * 3 + ["(ok := (<C>))", "ok and flag1", "ok or flag2", f"{one} and (ok := (<C>))"]
            if self.dialect.bare:
                forms += ["permits(<B>)"] * 2
        return self.rng.choice(forms)

    def refused(self, place: Place) -> str:
        form = self.granted(place)
        if form == "<C>":
            return self.rng.choice(("<N>", "not (<C>)", f"<N> or {self.noise(place)}"))
        simple = form.isidentifier() or form == "permits(<B>)"
        return f"not {form}" if simple else f"not ({form})"

    def anything(self, place: Place) -> str:
        pick = self.rng.random()
        if pick < 0.25:
            return self.granted(place)
        if pick < 0.4:
            return self.refused(place)
        return self.noise(place)

    # ------------------------------------------------------------------------------------------------------ statements

    def leave(self, place: Place) -> Lines:
        ways = ["return", "raise PermissionError", "raise Denied", 'raise ValueError("no")']
        if place.loop:
            ways += ["break", "continue", "continue"]
        if place.truth:
            ways += ["return False"] * 4 + ["return True"]
        if place.run:
            ways += ["sys.exit(1)", "return"]
        return [self.rng.choice(ways)]

    def simple(self, place: Place) -> Lines:
        forms = ["may_fail()", "may_fail()", "pass"]
        if place.run:
            forms += [
                "flag1 = probe()",
                "ok = False",
                "ok = flag2",
                "ok = <C>",
                "ok = <C>",
                f"ok = {self.granted(place)}",
            ]
            forms += ["ok = not (<N>)"]
            if self.dialect.bare:
                forms += ["require(<B>)"] * 3
        return [self.rng.choice(forms)]

    def guard(self, place: Place) -> Lines:
        if self.rng.random() < 0.2:
            return ["if " + self.granted(place) + ":", *indent(self.simple(place)), "else:", *indent(self.leave(place))]
        return under(f"if {self.refused(place)}:", self.leave(place))

    def face(self, place: Place) -> Lines:
        if not place.run:
            return ["<F>"]
        self.faces += 1
        name = "<F>" if self.faces == 1 else "<G>"
        forms = [name] * 6 + [f"faces = {name}", f"return {name}"]
        forms += [f"faces{self.faces} = {name} if {self.anything(place)} else None"]
        forms += [f"({self.anything(place)}) and {name}", f"faces = [{name} for item in items if {self.noise(place)}]"]
        return [self.rng.choice(forms)]

    def piece(self, place: Place) -> Lines:
        """A statement that holds no face call."""
        pick = self.rng.random()
        if pick < 0.45:
            return self.guard(place)
        if pick < 0.7 or place.depth <= 0:
            return self.simple(place)
        return self.compound(place, False)

    def carrier(self, place: Place) -> Lines:
        """A statement that holds the face call."""
        if place.depth <= 0 or self.rng.random() < 0.25:
            return self.face(place)
        if self.rng.random() < 0.3:
            return under(f"if {self.granted(place)}:", self.block(place.deeper(), True))
        return self.compound(place, True)

    def block(self, place: Place, face: bool) -> Lines:
        out: Lines = []
        if face:
            for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
                out += self.piece(place)
            out += self.carrier(place)
            if self.rng.random() < 0.15:
                out += self.piece(place)
            return out
        for _ in range(self.rng.choice((1, 1, 2))):
            out += self.piece(place)
        if self.rng.random() < 0.15 and not place.final:
            out += self.leave(place)
        return out

    # ------------------------------------------------------------------------------------------------------- compounds

    def compound(self, place: Place, face: bool) -> Lines:
        kinds: Sequence[Callable[[Place, bool], Lines]] = (
            self._if,
            self._if,
            self._while,
            self._for,
            self._try,
            self._try,
            self._try,
            self._with,
            self._match,
        )
        if place.run and place.depth >= 1:
            kinds = (*kinds, self._inner)
        return self.rng.choice(kinds)(place, face)

    def _slots(self, count: int, face: bool) -> list[bool]:
        chosen = self.rng.randrange(count) if face else -1
        return [number == chosen for number in range(count)]

    def _if(self, place: Place, face: bool) -> Lines:
        branches = self.rng.choice((1, 2, 2, 3))
        slots = self._slots(branches, face)
        low = place.deeper()
        out = under(f"if {self.anything(place)}:", self.block(low, slots[0]))
        if branches == 3:
            out += under(f"elif {self.anything(place)}:", self.block(low, slots[2]))
        if branches > 1:
            out += under("else:", self.block(low, slots[1]))
        return out

    def _while(self, place: Place, face: bool) -> Lines:
        test = self.rng.choice(("probe()", "probe()", "True", self.anything(place), self.refused(place)))
        low = place.deeper(loop=True)
        body = self.block(low, face)
        if test == "True" or "probe" not in test:
            body = [*body, *self.rng.choice((["break"], under("if probe():", ["break"])))]
        out = under(f"while {test}:", body)
        if self.rng.random() < 0.25:
            out += under("else:", self.block(place.deeper(), False))
        return out

    def _for(self, place: Place, face: bool) -> Lines:
        slots = self._slots(2 if self.rng.random() < 0.3 else 1, face)
        head = "for item in items:" if place.run and self.rng.random() < 0.7 else "for attempt in range(2):"
        out = under(head, self.block(place.deeper(loop=True), slots[0]))
        if len(slots) == 2:
            out += under("else:", self.block(place.deeper(), slots[1]))
        return out

    def _try(self, place: Place, face: bool) -> Lines:
        handlers = self.rng.choice((0, 1, 1, 1, 2))
        tail = self.rng.choice(("else", "finally", "", "", ""))
        if not handlers:
            tail = "finally"
        weights = [4, *[1] * handlers, *([2] if tail else [])]
        chosen = self.rng.choices(range(len(weights)), weights)[0] if face else -1
        low = place.deeper()
        body = self.block(low, chosen == 0)
        if "may_fail()" not in "\n".join(body) and self.rng.random() < 0.5:
            body.insert(self.rng.choice((0, 0, len([one for one in body if one]))), "may_fail()")
        out = under("try:", body)
        kinds = sorted(self.rng.sample(range(len(HANDLERS)), handlers))
        for number, kind in enumerate(kinds, 1):
            inner = (
                self.block(low, True)
                if chosen == number
                else self.rng.choice(
                    (["pass"], ["pass"], self.leave(place), self.leave(place), ["raise"], self.block(low, False))
                )
            )
            out += under(HANDLERS[kind], inner)
        if tail:
            under_tail = low if tail == "else" else place.deeper(final=True)
            out += under(f"{tail}:", self.block(under_tail, chosen == len(weights) - 1))
        return out

    def _with(self, place: Place, face: bool) -> Lines:
        manager = self.rng.choice(
            (
                "contextlib.suppress(PermissionError)",
                "contextlib.suppress(ValueError, Denied)",
                "contextlib.suppress(Exception)",
                "threading.Lock()",
                "session()",
            )
        )
        return under(f"with {manager}:", self.block(place.deeper(), face))

    def _match(self, place: Place, face: bool) -> Lines:
        if not place.run:
            return self._if(place, face)
        cases = self.rng.choice(
            (
                ("mode", ('"fast"', '"slow"', "_")),
                ("mode", ('"fast" | "slow"', "_")),
                ("mode", ('"fast"', '"slow"')),
                ("flag2", ("True", "False")),
                ("flag1", ("True", "_")),
            )
        )
        subject, patterns = cases
        slots = self._slots(len(patterns), face)
        out: Lines = []
        for pattern, slot in zip(patterns, slots, strict=True):
            condition = f" if {self.anything(place)}" if pattern != "_" and self.rng.random() < 0.3 else ""
            out += under(f"case {pattern}{condition}:", self.block(place.deeper().deeper(), slot))
        return under(f"match {subject}:", out)

    def _inner(self, place: Place, face: bool) -> Lines:
        name = f"step{self.rng.randrange(10_000)}"
        inside = Place(place.depth - 1, run=False, truth=not face)
        body = self.block(inside, face)
        if face:
            return [*under(f"def {name}():", body), f"{name}()"]
        body.append(self.rng.choice(("return <C>", "return True", "return False")))
        refuse = under(f"if not {name}():", self.leave(place))
        call = self.rng.choice(([f"{name}()"], refuse, under(f"if {name}():", self.simple(place))))
        return [*under(f"def {name}():", body), *call]

    # --------------------------------------------------------------------------------------------------------- program

    def helper(self, head: str, truth: bool) -> Lines:
        body = self.block(Place(self.rng.choice((0, 1, 1)), run=False, truth=truth), False)
        if truth:
            body.append(self.rng.choice(("return <C>", "return <C>", "return True", "return False")))
        return under(head, body)

    def program(self) -> Program | None:
        body = self.block(Place(self.rng.choice((1, 2, 2, 3))), True)
        if self.rng.random() < 0.2:
            body += self.block(Place(1), True)
        if self.faces > 2:
            return None
        helpers: list[Lines] = []
        text = "\n".join(body)
        if "permits(" in text:
            helpers.append(self.helper("def permits(<B>):", True))
        if "require(" in text and self.rng.random() < 0.5:
            helpers.append(self.helper("def require(<B>):", False))
        if re.search(r"\bok\b", text):
            body = [self.rng.choice(("ok = False", "ok = False", "ok = True", "ok = <C>")), *body]
        return finish("wild", body, self.dialect, self.rng, helpers)


def wild(rng: Random) -> Program | None:
    """One random program; None where it did not come out well."""
    dialect = DIALECTS[0] if rng.random() < 0.4 else rng.choice(DIALECTS)
    return Maker(rng, dialect).program()
