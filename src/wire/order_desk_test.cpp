#include "wire/order_desk.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <cstdlib>

#include "wire/testing/desk_world.hpp"

namespace plumb::wire {
namespace {

using namespace std::chrono_literals;
using testing::DeskWorld;
using testing::Faults;
using testing::WorldOptions;

const InstrumentTable& instruments() {
    static const InstrumentTable kTable = [] {
        InstrumentTable table;
        for (const char* base : {"BTC", "ETH"}) {
            Instrument instrument;
            instrument.base = base;
            instrument.quote = "USD";
            instrument.tick = Price{Decimal{1}};
            instrument.lot = Quantity{Decimal{1}};
            REQUIRE(table.add(instrument).has_value());
        }
        return table;
    }();
    return kTable;
}

OrderRequest order_of(std::uint64_t n, Timestamp now, OrderPurpose purpose = OrderPurpose::entry) {
    OrderRequest order;
    order.id = {1, 1, n};
    order.instrument = InstrumentId{static_cast<std::uint32_t>(n % 2)};
    order.side = n % 3 == 0 ? Side::sell : Side::buy;
    order.type = OrderType::limit;
    order.purpose = purpose;
    order.quantity = Quantity{Decimal{static_cast<std::int64_t>(1 + n % 7)}};
    order.limit = Price{Decimal{100}};
    order.decided_at = now;
    return order;
}

OrderPurpose purpose_of(std::uint64_t n) {
    constexpr std::array kPurposes{OrderPurpose::entry, OrderPurpose::exit, OrderPurpose::emergency,
                                   OrderPurpose::unwind_leg};
    return kPurposes[n % kPurposes.size()];
}

/// Long enough for every lag, back-off and audit of these worlds to pass.
constexpr Duration kQuiet = 6min;

struct Sum {
    int orders = 0, answers_lost = 0, doubles = 0, false_deaths = 0, late_sends = 0, double_fills = 0;
    std::string first_wrong;
};

/// Worlds of ten orders each, with cancels, until `orders` were placed.
Sum run_worlds(WorldOptions options, int orders, std::uint64_t first_seed, bool cuts_stream = false) {
    Sum sum;
    for (std::uint64_t seed = first_seed; sum.orders < orders; ++seed) {
        DeskWorld world{instruments(), options, seed};
        world.run_for(2s);
        for (std::uint64_t n = 1; n <= 10; ++n) {
            if (world.place(order_of(n, world.now(), purpose_of(n + seed)))) ++sum.orders;
            world.run_for(std::chrono::milliseconds{world.rng().below(3000)});
            if (world.rng().below(3) == 0) world.cancel({1, 1, 1 + world.rng().below(n)});
            if (cuts_stream && world.rng().below(4) == 0) world.stream(world.rng().below(2) == 0);
        }
        world.heal();
        world.stream(true);
        world.run_for(kQuiet);
        for (std::uint64_t n = 1; n <= 10; ++n) world.cancel({1, 1, n});
        world.run_for(kQuiet);
        sum.answers_lost += world.answers_lost;
        sum.doubles += world.doubles();
        sum.false_deaths += world.false_deaths;
        sum.late_sends += world.sends_after_evidence;
        sum.double_fills += world.double_fills;
        const std::string wrong = world.verdict();
        if (!wrong.empty() && sum.first_wrong.empty())
            sum.first_wrong = "seed " + std::to_string(seed) + ": " + wrong;
    }
    return sum;
}

void check_none_wrong(const char* name, const Sum& sum) {
    CHECK(sum.first_wrong == "");
    CHECK(sum.doubles == 0);
    CHECK(sum.false_deaths == 0);
    CHECK(sum.late_sends == 0);
    CHECK(sum.double_fills == 0);
    fmt::print("{}: {} orders, {} answers lost, {} doubled, {} false deaths, {} sends after evidence\n", name,
               sum.orders, sum.answers_lost, sum.doubles, sum.false_deaths, sum.late_sends);
}

bool slow_tests() { return std::getenv("PLUMB_SLOW_TESTS") != nullptr; }

Faults bad_line() {
    Faults faults;
    faults.lost_before = 0.3;
    faults.lost_after = 0.5;
    faults.refused = 0.05;
    faults.busy = 0.05;
    faults.stream_lost = 0.2;
    faults.stream_twice = 0.2;
    faults.stream_lag = 2s;
    faults.order_lag = 10s;
    faults.fills_lag = 10s;
    return faults;
}

}  // namespace

TEST_CASE("fault_E01_answer_lost: nothing lost, nothing doubled, whatever is cut") {
    const int orders = slow_tests() ? 100'000 : 6'000;
    for (const IdClass id_class : {IdClass::for_ever, IdClass::while_open, IdClass::none}) {
        WorldOptions options;
        options.id_class = id_class;
        options.faults = bad_line();
        check_none_wrong("E01", run_worlds(options, orders / 3, 1));
    }
}

TEST_CASE("fault_E05_not_found_too_early: a venue that shows orders only after 60 s, in two places") {
    WorldOptions options;
    options.faults = bad_line();
    options.faults.order_lag = 60s;
    options.endpoints = 2;
    for (const IdClass id_class : {IdClass::for_ever, IdClass::while_open}) {
        options.id_class = id_class;
        check_none_wrong("E05", run_worlds(options, slow_tests() ? 20'000 : 1'500, 1000));
    }
}

TEST_CASE("fault_E06_reconnect: streams cut at any time; fills come by survey") {
    WorldOptions options;
    options.faults = bad_line();
    options.faults.lost_before = options.faults.lost_after = 0.1;
    check_none_wrong("E06", run_worlds(options, slow_tests() ? 20'000 : 1'500, 2000, true));
}

TEST_CASE("fault_E09_quantities: cumulative only, incremental only, both") {
    for (const int kind : {0, 1, 2}) {
        WorldOptions options;
        options.faults = bad_line();
        options.faults.stream_tells_fills = kind != 0;
        options.faults.cumulative = kind != 1;
        check_none_wrong("E09", run_worlds(options, slow_tests() ? 20'000 : 900, 3000));
    }
}

TEST_CASE("fault_E32_ids_while_open: no order executes twice where ids are unique among open orders only") {
    WorldOptions options;
    options.id_class = IdClass::while_open;
    options.faults = bad_line();
    options.faults.fills_at_once = 0.9;  // what a blind resend would double
    check_none_wrong("E32", run_worlds(options, slow_tests() ? 1'000'000 : 10'000, 4000));
}

TEST_CASE("fault_E04_evidence_cancels_the_retry: an exit that waits for its turn is seen on the stream") {
    OrderDesk desk{DeskOptions{}, instruments()};
    DeskOutput out;
    Timestamp now = timestamp_from_ms(1'764'000'000'000);
    desk.start(now, now, out);
    out.clear();
    const OrderRequest exit = order_of(1, now, OrderPurpose::exit);
    REQUIRE(desk.place(exit, now, out).has_value());
    REQUIRE(out.questions.size() == 1);
    const DeskQuestion placed = out.questions[0];
    out.clear();
    Reply busy;
    busy.verdict = Verdict::rate_limited;
    busy.retry_at = now + 5s;
    desk.answered({placed.number, busy, {}, true, now, now}, now, out);
    desk.tick(now + 4s, out);
    CHECK(std::ranges::none_of(out.questions, [](const DeskQuestion& each) {
        return std::holds_alternative<AskPlace>(each.question);
    }));
    SUBCASE("without evidence it is sent when the penalty is over") {
        desk.tick(now + 5s, out);
        CHECK(std::holds_alternative<AskPlace>(out.questions.back().question));
        CHECK(desk.still_wanted(out.questions.back().question));
    }
    SUBCASE("with evidence it is not") {
        OrderUpdate update;
        update.client_order = FixedText<64>{exit.id.to_string()};
        update.venue_order = VenueOrderId{"V1"};
        update.instrument = exit.instrument;
        CHECK(desk.still_wanted(placed.question));
        desk.heard(update, now + 4500ms, out);
        CHECK_FALSE(desk.still_wanted(placed.question));
        out.clear();
        desk.tick(now + 60s, out);
        for (const DeskQuestion& each : out.questions)
            CHECK_FALSE(std::holds_alternative<AskPlace>(each.question));
        CHECK(desk.state_of(exit.id) == OrderState::working);
    }
}

TEST_CASE("fault_E03_error_but_alive: a refusal of an order that the stream showed is no refusal") {
    OrderDesk desk{DeskOptions{}, instruments()};
    DeskOutput out;
    const Timestamp now = timestamp_from_ms(1'764'000'000'000);
    desk.start(now, now, out);
    const OrderRequest exit = order_of(1, now, OrderPurpose::exit);
    out.clear();
    REQUIRE(desk.place(exit, now, out).has_value());
    const DeskQuestion placed = out.questions[0];
    OrderUpdate update;
    update.client_order = FixedText<64>{exit.id.to_string()};
    update.venue_order = VenueOrderId{"V1"};
    Reply refused;
    refused.verdict = Verdict::refused;
    refused.words = "insufficient funds";
    out.clear();
    SUBCASE("the stream first") {
        desk.heard(update, now + 1ms, out);
        desk.answered({placed.number, refused, {}, true, now, now}, now + 2ms, out);
    }
    SUBCASE("the refusal first") {
        desk.answered({placed.number, refused, {}, true, now, now}, now + 2ms, out);
        CHECK(desk.state_of(exit.id) == OrderState::rejected);
        desk.heard(update, now + 3ms, out);
        CHECK(std::ranges::any_of(out.questions, [](const DeskQuestion& each) {
            return std::holds_alternative<AskCancel>(each.question);  // nobody waits for it any more
        }));
    }
    CHECK(desk.state_of(exit.id) == OrderState::working);
    REQUIRE(out.alarms.size() == 1);
    CHECK(out.alarms[0].kind == OrderAlarm::Kind::contradiction);
}

TEST_CASE("fault_E07_fill_never_sent: found within the audit period on a stream that looks healthy") {
    WorldOptions options;
    options.faults.stream_lost = 1;  // nothing of it comes, and it is up
    options.faults.fills_at_once = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        DeskWorld world{instruments(), options, seed};
        world.run_for(2s);
        for (std::uint64_t n = 1; n <= 5; ++n) world.place(order_of(n, world.now()));
        world.run_for(3min);  // partial fills come within two minutes
        world.run_for(options.audit_every + 2s);
        CAPTURE(seed);
        REQUIRE(world.verdict() == "");
    }
}

TEST_CASE("fault_E08_replayed_and_reordered: any multiset of reports gives one state") {
    // An order's life as six reports; every permutation, with a repetition, ends alike.
    std::vector<OrderUpdate> life(6);
    for (OrderUpdate& update : life) {
        update.client_order = FixedText<64>{ClientOrderId{1, 1, 1}.to_string()};
        update.venue_order = VenueOrderId{"V1"};
        update.quantity = Quantity{Decimal{5}};
    }
    const auto fill = [](const char* id, int quantity) {
        VenueFill made;
        made.execution = ExecutionId{id};
        made.price = Price{Decimal{100}};
        made.quantity = Quantity{Decimal{quantity}};
        made.fee_asset = AssetText{"USD"};
        made.fee_known = true;
        return made;
    };
    life[1].state = life[2].state = OrderState::partially_filled;
    life[1].fill = fill("E1", 1);
    life[1].filled = Quantity{Decimal{1}};
    life[2].fill = fill("E2", 2);
    life[2].filled = Quantity{Decimal{3}};
    life[3].state = OrderState::partially_filled;
    life[3].filled = Quantity{Decimal{3}};
    life[4].state = OrderState::canceled;
    life[4].filled = Quantity{Decimal{3}};
    life[5] = life[1];
    std::vector<std::size_t> places{0, 1, 2, 3, 4, 5};
    int permutations = 0;
    do {
        OrderEvidence evidence;
        int fills = 0;
        for (const std::size_t place : places)
            fills += evidence.take(life[place], Quantity{Decimal{5}}).new_fill ? 1 : 0;
        REQUIRE(fills == 2);
        REQUIRE(evidence.filled() == Quantity{Decimal{3}});
        REQUIRE(evidence.state(Quantity{Decimal{5}}) == OrderState::canceled);
        ++permutations;
    } while (std::ranges::next_permutation(places).found);
    CHECK(permutations == 720);

    Rng rng{8};
    for (int trial = 0; trial < 2000; ++trial) {
        OrderEvidence evidence;
        std::set<std::size_t> told;
        for (int i = 0; i < 40; ++i) {
            const std::size_t place = rng.below(life.size());
            told.insert(place);
            evidence.take(life[place], Quantity{Decimal{5}});
        }
        if (told.contains(4) && told.contains(2) && (told.contains(1) || told.contains(5)))
            CHECK(evidence.state(Quantity{Decimal{5}}) == OrderState::canceled);
    }
}

TEST_CASE(
    "an order that the venue names anew when it triggers is known by its newest name, in any order of "
    "telling") {
    OrderUpdate waiting, triggered;
    waiting.venue_order = std::string_view{"algo-7"};
    waiting.venue_time = timestamp_from_ms(1'000);
    triggered.venue_order = std::string_view{"8886774"};
    triggered.venue_time = timestamp_from_ms(2'000);
    const Quantity one = *Quantity::parse("1");
    OrderEvidence told, told_late;
    for (const OrderUpdate* update : {&waiting, &triggered}) told.take(*update, one);
    for (const OrderUpdate* update : {&triggered, &waiting}) told_late.take(*update, one);
    CHECK(told.venue().view() == "8886774");
    CHECK(told_late.venue().view() == "8886774");
    CHECK(told.former_venue().view() == "algo-7");
}

TEST_CASE("fault_E10_races: cancels, parts and rests of three orders in every order of happening") {
    // Digits: order * 3 + happening (0 cancel, 1 a part fills, 2 the rest does); a part comes before its
    // rest.
    WorldOptions options;
    options.faults.market_fills = false;
    options.faults.stream_lag = 100ms;
    std::array<int, 9> steps{0, 1, 2, 3, 4, 5, 6, 7, 8};
    int worlds = 0, wrong = 0;
    std::string first_wrong;
    const auto in_order = [&](int part) {
        return std::ranges::find(steps, part) < std::ranges::find(steps, part + 1);
    };
    do {
        if (!in_order(1) || !in_order(4) || !in_order(7)) continue;
        ++worlds;
        DeskWorld world{instruments(), options, static_cast<std::uint64_t>(worlds)};
        world.run_for(1s);
        for (std::uint64_t n = 1; n <= 3; ++n) {
            OrderRequest order = order_of(n, world.now());
            order.quantity = Quantity{Decimal{4}};
            REQUIRE(world.place(order));
        }
        world.run_for(300ms);
        std::array<std::size_t, 3> at{};  // the venue's own place of each order
        for (std::size_t i = 0; i < 3; ++i) at[world.venue().orders()[i].request.id.counter - 1] = i;
        for (const int step : steps) {
            const auto n = static_cast<std::size_t>(step / 3);
            if (step % 3 == 0)
                world.cancel({1, 1, n + 1});
            else
                world.venue().fill(at[n], Quantity{Decimal{step % 3 == 1 ? 1 : 3}}, world.now());
            world.run_for(40ms);
        }
        world.run_for(20s);
        const std::string verdict = world.verdict();
        const bool well = verdict.empty() && world.desk().open_orders() == 0 && world.double_fills == 0;
        if (!well && wrong++ == 0) first_wrong = fmt::format("world {}: {}", worlds, verdict);
    } while (std::ranges::next_permutation(steps).found);
    CHECK(worlds == 45'360);
    CHECK(first_wrong == "");
    fmt::print("E10: {} interleavings of three orders, {} wrong\n", worlds, wrong);
}

TEST_CASE("fault_E25_stream_down: no entries, exits pass and are followed by polling") {
    WorldOptions options;
    options.faults.fills_at_once = 1;
    DeskWorld world{instruments(), options, 3};
    world.run_for(2s);
    CHECK(world.desk().live());
    world.stream(false);
    CHECK_FALSE(world.place(order_of(1, world.now(), OrderPurpose::entry)));
    REQUIRE(world.place(order_of(2, world.now(), OrderPurpose::exit)));
    world.run_for(10s);
    CHECK(world.verdict() == "");
    CHECK(world.told[ClientOrderId{1, 1, 2}] == OrderState::filled);
    world.stream(true);
    CHECK_FALSE(world.desk().live());  // not before everything was read
    world.run_for(1s);
    CHECK(world.desk().live());
    CHECK(world.place(order_of(3, world.now(), OrderPurpose::entry)));
}

TEST_CASE(
    "fault_E25_stream_down: after a quiet time, too, an exit whose answer is lost is followed at once") {
    WorldOptions options;
    options.faults.fills_at_once = 1;
    options.faults.lost_after = 1;
    options.faults.answer_after_max = 1s;
    DeskWorld world{instruments(), options, 3};
    world.run_for(30s);
    world.stream(false);
    world.run_for(20s);
    REQUIRE(world.place(order_of(2, world.now(), OrderPurpose::exit)));
    world.heal();
    world.run_for(8s);
    CHECK(world.verdict() == "");
}

TEST_CASE("fault_E23_clock_unsafe: no entries while the clock is not to be trusted, exits pass") {
    DeskWorld world{instruments(), {}, 3};
    world.run_for(2s);
    world.desk().set_clock_safe(false);
    CHECK_FALSE(world.place(order_of(1, world.now(), OrderPurpose::entry)));
    CHECK(world.place(order_of(2, world.now(), OrderPurpose::exit)));
    world.desk().set_clock_safe(true);
    CHECK(world.place(order_of(3, world.now(), OrderPurpose::entry)));
}

TEST_CASE("rule 1: a pair with an UNKNOWN order takes no entries") {
    DeskWorld world{instruments(), {}, 3};
    world.run_for(2s);
    OrderRequest first = order_of(1, world.now());
    first.pair = PairId{0};
    REQUIRE(world.place(first));
    OrderRequest second = order_of(2, world.now());
    second.pair = PairId{0};
    CHECK_FALSE(world.place(second));  // the first has not been answered
    second.pair = PairId{1};
    CHECK(world.place(second));
    world.run_for(1s);
    OrderRequest third = order_of(3, world.now());
    third.pair = PairId{0};
    CHECK(world.place(third));
}

TEST_CASE("fault_E26_manual_order: seen within the audit period, told as external, never taken for ours") {
    WorldOptions options;
    options.faults.fills_at_once = 1;
    DeskWorld world{instruments(), options, 9};
    world.run_for(70s);
    world.stream(false);
    world.venue().place_by_hand(order_of(7, world.now()), world.now());
    world.run_for(1s);
    world.stream(true);
    world.run_for(options.audit_every + 30s);
    CHECK(world.alarms[OrderAlarm::Kind::external_fill] == 1);
    CHECK(world.alarms[OrderAlarm::Kind::position_differs] == 1);
    CHECK(world.told.empty());
    CHECK(world.verdict() == "");
}

TEST_CASE("fault_S01_restart: a desk that dies at any time finds its orders again") {
    WorldOptions options;
    options.faults = bad_line();
    options.faults.busy = 0;
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        DeskWorld world{instruments(), options, seed};
        world.run_for(2s);
        for (std::uint64_t n = 1; n <= 8; ++n) {
            world.place(order_of(n, world.now(), purpose_of(n)));
            world.run_for(std::chrono::milliseconds{world.rng().below(2000)});
            if (world.rng().below(4) == 0) world.restart();
        }
        world.restart();
        world.heal();
        world.run_for(kQuiet);
        for (std::uint64_t n = 1; n <= 8; ++n) world.cancel({1, 1, n});
        world.run_for(kQuiet);
        CAPTURE(seed);
        REQUIRE(world.verdict() == "");
        REQUIRE(world.doubles() == 0);
    }
}

}  // namespace plumb::wire
