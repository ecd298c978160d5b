"""The rules of counting: every row of the methodology's table, its words, and random forests against another reckoning.

The oracle below reckons a tree's total from the top down, one bound at a time, and never calls the module.
"""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.counting import Own, Total, as_total, net, total

KINDS = ("cut", "filing", "temporary", "signal", "called_off")
PEOPLE_KINDS = ("cut", "filing", "temporary")

# (low, headline, high, high_open) as an edition holds them.
NOTHING = (None, None, None, False)


def exactly(n):
    return (n, n, n, False)


def at_least(n):
    return (n, n, None, True)


def up_to(n):
    return (None, None, n, False)


def between(low, high):
    return (low, low, high, False)


def about(low, best, high):
    return (low, best, high, False)


def own(id_, figure, whole=None, counts_as="cut", has_share=False):
    return Own(id_, counts_as, *figure, whole=whole, has_share=has_share)


def count(*events, chain=None):
    """The nets by id and the total of cuts. `chain` names the wholes of events that are not in the result."""
    whole_of = {event.id: event.whole for event in events if event.whole is not None} | (chain or {})
    return net(events, whole_of), total(events, whole_of).get("cut", Total())


def parts(a_net):
    return a_net.low, a_net.headline, a_net.high


def interval(a_total):
    return a_total.low, a_total.headline, a_total.high, a_total.high_open


# ── The table of rule 3, row by row ──────────────────────────────────────────────────────────────────────────────────


def test_a_part_counts_on_its_own_date_and_its_whole_adds_the_rest():
    nets, sum_ = count(own(1, exactly(18000)), own(2, exactly(10000), whole=1))
    assert parts(nets[1]) == (8000, 8000, 8000)  # 18,000 − 10,000
    assert parts(nets[2]) == (10000, 10000, 10000)
    assert interval(sum_) == (18000, 18000, 18000, False)


def test_a_part_alone_in_the_result_counts_in_full():
    nets, sum_ = count(own(2, exactly(10000), whole=1))
    assert parts(nets[2]) == (10000, 10000, 10000)
    assert interval(sum_) == (10000, 10000, 10000, False)


def test_several_hundred_with_parts_of_500_and_100_is_600_to_900():
    nets, sum_ = count(own(1, between(200, 900)), own(2, exactly(500), whole=1), own(3, exactly(100), whole=1))
    # low: 200 − 600 below 0 is 0; headline the low one, so 0 as well; high: 900 − 600 = 300
    assert parts(nets[1]) == (0, 0, 300)
    assert (nets[2].headline, nets[3].headline) == (500, 100)
    assert interval(sum_) == (600, 600, 900, False)


def test_a_whole_without_a_figure_leaves_the_high_of_its_parts_open():
    nets, sum_ = count(own(1, NOTHING), own(2, exactly(500), whole=1), own(3, exactly(100), whole=1))
    assert parts(nets[1]) == (0, 0, 0)
    assert nets[1].high_open
    assert interval(sum_) == (600, 600, 600, True)
    assert (sum_.events, sum_.without_figure, sum_.with_figure) == (3, 0, 3)


def test_a_part_without_a_figure_is_covered_by_its_whole():
    nets, sum_ = count(own(1, exactly(1000)), own(2, exactly(500), whole=1), own(3, NOTHING, whole=1))
    assert [parts(nets[i]) for i in (1, 2, 3)] == [(500, 500, 500), (500, 500, 500), (0, 0, 0)]
    assert interval(sum_) == (1000, 1000, 1000, False)
    assert sum_.without_figure == 0


def test_a_middle_smaller_than_what_lies_below_it_adds_nothing():
    nets, sum_ = count(own(1, exactly(1000)), own(2, exactly(50), whole=1), own(3, exactly(100), whole=2))
    # C counts 100; B 50 − 100 below 0 is 0; A 1,000 − max(50, 100) = 900
    assert [nets[i].headline for i in (1, 2, 3)] == [900, 0, 100]
    assert sum_.headline == 1000


def test_a_chain_holds_where_one_of_its_links_is_not_in_the_result():
    nets, sum_ = count(own(1, exactly(1000)), own(3, exactly(100), whole=2), chain={2: 1})
    assert [nets[i].headline for i in (1, 3)] == [900, 100]
    assert sum_.headline == 1000


def test_net_bounds_may_cross_and_still_add_up():
    nets, sum_ = count(own(1, exactly(1000)), own(2, between(200, 900), whole=1))
    assert parts(nets[1]) == (800, 800, 100)  # 1,000 − 200, 1,000 − 200, 1,000 − 900
    assert parts(nets[2]) == (200, 200, 900)
    assert interval(sum_) == (1000, 1000, 1000, False)


# ── Bounds that are missing or open (rule 2) ─────────────────────────────────────────────────────────────────────────


def test_at_least_adds_its_number_and_leaves_the_high_open():
    _nets, sum_ = count(own(1, exactly(600)), own(2, at_least(300)))
    assert interval(sum_) == (900, 900, 900, True)  # 600 + 300, and perhaps more


def test_a_high_alone_adds_to_the_high_alone_and_is_without_figure():
    _nets, sum_ = count(own(1, exactly(600)), own(2, up_to(50)))
    assert interval(sum_) == (600, 600, 650, False)
    assert (sum_.without_figure, sum_.with_figure) == (1, 1)


def test_an_event_without_figure_is_an_event_and_never_0_people():
    _nets, sum_ = count(own(1, exactly(600)), own(2, NOTHING), own(3, NOTHING, has_share=True))
    assert interval(sum_) == (600, 600, 600, False)
    assert (sum_.events, sum_.without_figure, sum_.shares_only) == (3, 2, 1)


def test_a_range_counts_with_its_low_end():
    _nets, sum_ = count(own(1, between(200, 900)), own(2, about(950, 1000, 1100)))
    assert interval(sum_) == (1150, 1200, 2000, False)  # 200 + 950, 200 + 1,000, 900 + 1,100


def test_an_up_to_part_within_a_whole_takes_from_its_high_alone():
    nets, sum_ = count(own(1, exactly(1000)), own(2, up_to(400), whole=1))
    assert parts(nets[1]) == (1000, 1000, 600)
    assert interval(sum_) == (1000, 1000, 1000, False)


# ── When an open high is closed (rule 3) ─────────────────────────────────────────────────────────────────────────────


def test_a_closed_whole_closes_the_open_high_of_its_part():
    nets, sum_ = count(own(1, exactly(1000)), own(2, at_least(500), whole=1))
    assert not nets[2].high_open
    assert interval(sum_) == (1000, 1000, 1000, False)


def test_a_whole_no_larger_than_its_part_closes_it_just_so():
    assert not count(own(1, exactly(500)), own(2, at_least(500), whole=1))[1].high_open


def test_a_closed_whole_smaller_than_its_open_part_does_not_close_it():
    _nets, sum_ = count(own(1, exactly(400)), own(2, at_least(500), whole=1))
    assert interval(sum_) == (500, 500, 500, True)


@pytest.mark.parametrize("whole", [NOTHING, at_least(1000)], ids=["no figure", "open itself"])
def test_a_whole_without_a_closed_high_closes_nothing(whole):
    assert count(own(1, whole), own(2, at_least(500), whole=1))[1].high_open


def test_a_whole_that_says_up_to_closes_its_part():
    _nets, sum_ = count(own(1, up_to(900)), own(2, at_least(500), whole=1))
    assert interval(sum_) == (500, 500, 900, False)


def test_a_whole_two_steps_above_closes_too():
    _nets, sum_ = count(own(1, exactly(1000)), own(2, NOTHING, whole=1), own(3, at_least(500), whole=2))
    assert interval(sum_) == (1000, 1000, 1000, False)


def test_a_closed_whole_out_of_the_result_closes_nothing():
    assert count(own(2, at_least(500), whole=1))[1].high_open


def test_a_part_does_not_close_its_whole():
    assert count(own(1, at_least(500)), own(2, exactly(100), whole=1))[1].high_open


def test_a_whole_without_figure_over_parts_without_figure_is_not_open():
    _nets, sum_ = count(own(1, NOTHING), own(2, NOTHING, whole=1))
    assert interval(sum_) == (0, 0, 0, False)
    assert sum_.without_figure == 2


def test_a_whole_without_figure_over_a_high_alone_is_not_open():
    _nets, sum_ = count(own(1, NOTHING), own(2, up_to(80), whole=1))
    assert interval(sum_) == (0, 0, 80, False)
    assert sum_.without_figure == 2


def test_a_whole_with_a_high_alone_is_not_open_and_not_without_figure_over_a_known_part():
    _nets, sum_ = count(own(1, up_to(900)), own(2, exactly(500), whole=1))
    assert interval(sum_) == (500, 500, 900, False)
    assert sum_.without_figure == 0


# ── Kinds (rule 5) ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_kinds_are_never_added_to_one_another():
    sums = total(
        [own(1, exactly(100)), own(2, exactly(20), counts_as="filing"), own(3, exactly(3), counts_as="temporary")], {}
    )
    assert {kind: sum_.headline for kind, sum_ in sums.items()} == {"cut": 100, "filing": 20, "temporary": 3}


@pytest.mark.parametrize("kind", ["signal", "called_off"])
@pytest.mark.parametrize("figure", [NOTHING, exactly(500), at_least(500), up_to(9)])
def test_signals_and_called_off_events_are_rows_but_neither_people_nor_without_figure(kind, figure):
    assert total([own(1, figure, counts_as=kind, has_share=True)], {}) == {kind: Total(events=1)}


def test_a_part_that_counts_as_another_kind_takes_nothing_from_its_whole():
    events = [own(1, exactly(1000)), own(2, exactly(400), whole=1, counts_as="temporary")]
    sums = total(events, {2: 1})
    assert (sums["cut"].headline, sums["temporary"].headline) == (1000, 400)


def test_a_called_off_part_takes_nothing_from_its_whole():
    sums = total([own(1, exactly(1000)), own(2, exactly(400), whole=1, counts_as="called_off")], {2: 1})
    assert (sums["cut"].headline, sums["called_off"].headline) == (1000, 0)


def test_a_cut_below_an_event_of_another_kind_below_a_cut_counts_within_the_upper_one():
    events = [own(1, exactly(1000)), own(2, exactly(500), 1, "called_off"), own(3, exactly(100), 2)]
    nets = net(events, {2: 1, 3: 2})
    assert [nets[i].headline for i in (1, 2, 3)] == [900, 0, 100]


def test_a_whole_of_another_kind_covers_no_event_without_figure():
    sums = total([own(1, exactly(1000)), own(2, NOTHING, whole=1, counts_as="filing")], {2: 1})
    assert sums["filing"].without_figure == 1


def test_nothing_counts_as_nothing():
    assert total([], {}) == {}
    assert net([], {1: 2}) == {}


# ── Random forests against another reckoning ─────────────────────────────────────────────────────────────────────────


class Oracle:
    """The same rules reckoned otherwise: totals of trees by recursion from the top, openness and cover by looking
    through all ancestors and all descendants of each event."""

    def __init__(self, events, whole_of):
        self.events = {event.id: event for event in events}
        self.whole_of = whole_of

    def ancestors(self, event):
        """All above in the result that count as the same, nearest first, over links that are not in it."""
        found, at = [], event.whole
        while at is not None:
            above = self.events.get(at)
            if above is not None and above.counts_as == event.counts_as:
                found.append(above)
            at = self.whole_of.get(at)
        return found

    def children(self, event):
        return [e for e in self.events.values() if next(iter(self.ancestors(e)), None) is event]

    def below(self, event):
        return [e for e in self.events.values() if any(above is event for above in self.ancestors(e))]

    def people(self, event, bound):
        if bound == "low":
            value = event.low
        elif bound == "headline":
            value = event.headline
        else:
            value = event.headline if event.high_open or event.high is None else event.high
        return value or 0

    def tree(self, event, bound):
        return max(self.people(event, bound), sum(self.tree(child, bound) for child in self.children(event)))

    def roots(self, kind):
        return [e for e in self.events.values() if e.counts_as == kind and not self.ancestors(e)]

    def is_open(self, event):
        below = [e for e in self.below(event) if e.headline is not None]
        if event.high_open:
            reach = event.headline
        elif (event.low, event.headline, event.high) == (None, None, None) and below:
            reach = self.tree(event, "headline")
        else:
            return False
        return not any(
            above.high is not None and not above.high_open and above.high >= reach for above in self.ancestors(event)
        )

    def without_figure(self, event):
        return all(e.headline is None for e in [event, *self.ancestors(event), *self.below(event)])

    def total(self, kind):
        events = [e for e in self.events.values() if e.counts_as == kind]
        if kind not in PEOPLE_KINDS:
            return Total(events=len(events))
        without = [e for e in events if self.without_figure(e)]
        return Total(
            len(events),
            len(without),
            sum(e.has_share for e in without),
            *(sum(self.tree(root, bound) for root in self.roots(kind)) for bound in ("low", "headline", "high")),
            any(self.is_open(e) for e in events),
        )


numbers = st.integers(0, 60)
figures = st.one_of(
    st.just(NOTHING),
    numbers.map(exactly),
    numbers.map(at_least),
    numbers.map(up_to),
    st.tuples(numbers, numbers).map(lambda two: between(*sorted(two))),
    st.tuples(numbers, numbers, numbers).map(lambda three: about(*sorted(three))),
)


@st.composite
def forests(draw, most=9):
    """All events of a day with their wholes, and which of them are in the result. Ids are in no order of the trees."""
    size = draw(st.integers(1, most))
    ids = draw(st.permutations(range(1, size + 1)))
    one_kind = draw(st.booleans())
    events = []
    for place, id_ in enumerate(ids):
        # Only what came before can be the whole: no cycles.
        whole = draw(st.none() | st.sampled_from(ids[:place])) if place else None
        kind = "cut" if one_kind else draw(st.sampled_from(KINDS))
        events.append(own(id_, draw(figures), whole, kind, draw(st.booleans())))
    events = draw(st.permutations(events))
    chosen = draw(st.sets(st.sampled_from(ids)) | st.just(set(ids)))
    return events, {e.id: e.whole for e in events if e.whole is not None}, [e for e in events if e.id in chosen]


@settings(max_examples=400, deadline=None)
@given(forests())
def test_totals_and_nets_of_random_forests_are_those_of_the_oracle(forest):
    _all, whole_of, result = forest
    oracle = Oracle(result, whole_of)
    assert total(result, whole_of) == {kind: oracle.total(kind) for kind in {e.counts_as for e in result}}
    nets = net(result, whole_of)
    assert nets.keys() == {e.id for e in result}
    for event in result:
        people = event.counts_as in PEOPLE_KINDS
        rest = [
            oracle.tree(event, b) - sum(oracle.tree(c, b) for c in oracle.children(event))
            for b in ("low", "headline", "high")
        ]
        assert parts(nets[event.id]) == (tuple(rest) if people else (0, 0, 0))
        assert nets[event.id].high_open == (people and oracle.is_open(event))
        assert nets[event.id].without_figure == (people and oracle.without_figure(event))


@settings(max_examples=200, deadline=None)
@given(forests())
def test_no_net_figure_is_negative_or_more_than_the_event_states(forest):
    _all, whole_of, result = forest
    for event in result:
        a_net = net(result, whole_of)[event.id]
        high = event.headline if event.high_open or event.high is None else event.high
        assert 0 <= a_net.low <= (event.low or 0)
        assert 0 <= a_net.headline <= (event.headline or 0)
        assert 0 <= a_net.high <= (high or 0)


@settings(max_examples=200, deadline=None)
@given(forests())
def test_a_total_is_no_more_than_the_plain_sum_and_no_less_than_its_largest_event(forest):
    _all, whole_of, result = forest
    for kind, sum_ in total(result, whole_of).items():
        figures_ = [e.headline or 0 for e in result if e.counts_as == kind and kind in PEOPLE_KINDS]
        assert max(figures_, default=0) <= sum_.headline <= sum(figures_)
        assert sum_.low <= sum_.headline <= sum_.high
        assert 0 <= sum_.shares_only <= sum_.without_figure <= sum_.events


@settings(max_examples=200, deadline=None)
@given(forests(), st.data())
def test_more_events_in_a_result_never_lower_its_total(forest, data):
    _all, whole_of, result = forest
    fewer = data.draw(st.lists(st.sampled_from(result), unique_by=lambda e: e.id)) if result else []
    whole, some = total(result, whole_of), total(fewer, whole_of)
    for kind, sum_ in some.items():
        for bound in ("low", "headline", "high", "events"):
            assert getattr(sum_, bound) <= getattr(whole[kind], bound)


@settings(max_examples=150, deadline=None)
@given(forests(), st.data())
def test_totals_of_any_grouping_of_the_rows_add_up_to_the_total(forest, data):
    """What months, sectors and companies add, each row net in the whole result, is the total: nobody counts twice."""
    _all, whole_of, result = forest
    nets = net(result, whole_of)
    group_of = {e.id: data.draw(st.integers(0, 2)) for e in result}
    sums = {}
    for event in result:
        key = group_of[event.id], event.counts_as
        sums[key] = sums.get(key, Total()) + as_total(event, nets[event.id])
    for kind, sum_ in total(result, whole_of).items():
        assert sum((one for (_group, k), one in sums.items() if k == kind), Total()) == sum_


@settings(max_examples=150, deadline=None)
@given(forests(most=6), st.randoms(use_true_random=False))
def test_the_order_of_the_events_changes_nothing(forest, random):
    _all, whole_of, result = forest
    shuffled = list(result)
    random.shuffle(shuffled)
    assert net(shuffled, whole_of) == net(result, whole_of)


def test_every_way_to_choose_from_a_small_tree_agrees_with_the_oracle():
    """A ⊃ B ⊃ C and A ⊃ D, each with every kind of figure around the same numbers, whole and in part."""
    choices = (NOTHING, exactly(5), at_least(5), up_to(5), between(3, 9))
    whole_of = {2: 1, 3: 2, 4: 1}
    for figures_ in itertools.product(choices, repeat=4):
        events = [own(i, figure, whole_of.get(i)) for i, figure in enumerate(figures_, 1)]
        for chosen in ((1, 2, 3, 4), (1, 3, 4), (2, 3), (1, 4), (3, 4)):
            result = [events[i - 1] for i in chosen]
            assert total(result, whole_of)["cut"] == Oracle(result, whole_of).total("cut"), result


def test_a_very_long_chain_is_counted():
    """5,000 events each part of the one before: no recursion, no quadratic wait."""
    events = [own(i, exactly(10_000 - i), i - 1 or None) for i in range(1, 5001)]
    assert total(events, {e.id: e.whole for e in events if e.whole})["cut"].headline == 9_999
