// What a venue answers by REST: symbols, listings, history, account, verdicts.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>

#include "venues/conformance/suite.hpp"

namespace plumb::venues::conformance {
namespace {

using namespace std::chrono_literals;
using wire::Verdict;

Price steps(Price tick, int count) { return Price{tick.value * Decimal{count}}; }

ClosedBar bar_of(const Bench& bench, Timestamp open, int n) {
    ClosedBar bar;
    bar.instrument = InstrumentId{0};
    bar.open_time = open;
    bar.length = bench.fixture->bar_length();
    const Price tick = bench.fixture->instruments()[0].instrument.tick;
    const Price base = bench.price();
    bar.values = {.open = base,
                  .high = base + steps(tick, 3),
                  .low = base - steps(tick, 2),
                  .close = base + steps(tick, n % 3),
                  .volume = bench.lots(n + 1)};
    return bar;
}

}  // namespace

TEST_CASE("symbols map both ways, and strangers' do not") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        Bench bench{row};
        REQUIRE(2 <= bench.fixture->instruments().size());
        for (std::size_t i = 0; i < bench.fixture->instruments().size(); ++i) {
            const ServedInstrument& served = bench.fixture->instruments()[i];
            const InstrumentId id{static_cast<std::uint32_t>(i)};
            CAPTURE(served.symbol);
            CHECK(bench.venue->symbols().symbol_of(id) == served.symbol);
            CHECK(bench.venue->symbols().find(served.symbol) == id);
        }
        CHECK_FALSE(bench.venue->symbols().find("NO-SUCH/THING").has_value());
        CHECK_FALSE(bench.venue->symbols().find("").has_value());
    }
}

TEST_CASE("listings give the grid of every instrument") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        Bench bench{row};
        const Heard answer = bench.ask_all(wire::AskListings{});
        if (!answer.asked) {
            CHECK(answer.asked.error().code() == Errc::unsupported);
            continue;
        }
        REQUIRE(answer.answered);
        CHECK(answer.reply.verdict == Verdict::ok);
        const auto listings = answer.heard.all<wire::Listing>();
        for (const ServedInstrument& served : bench.fixture->instruments()) {
            CAPTURE(served.symbol);
            const auto at = std::ranges::find_if(
                listings, [&](const wire::Listing& each) { return each.symbol.view() == served.symbol; });
            REQUIRE(at != listings.end());
            CHECK(at->base.view() == served.instrument.base);
            CHECK(at->quote.view() == served.instrument.quote);
            if (!bench.can().orders) continue;
            CHECK(at->tick == served.instrument.tick);
            CHECK(at->lot == served.instrument.lot);
        }
    }
}

TEST_CASE("history comes whole, and the unfinished bar never as a closed one") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        Bench bench{row};
        const Duration length = bench.fixture->bar_length();
        const Timestamp last{bench.truth.now.time_since_epoch() / length * length};
        for (int n = 6; 0 <= n; --n) bench.truth.bars.push_back(bar_of(bench, last - n * length, 6 - n));
        bench.truth.now += length / 4;  // the bar that opened at `last` is under way
        const wire::AskBars question{.instrument = InstrumentId{0},
                                     .length = length,
                                     .from = last - 6 * length,
                                     .to = last + length,
                                     .page = {}};
        const Heard answer = bench.ask_all(question);
        if (!bench.can().history) {
            REQUIRE_FALSE(answer.asked.has_value());
            CHECK(answer.asked.error().code() == Errc::unsupported);
            continue;
        }
        REQUIRE(answer.asked.has_value());
        REQUIRE(answer.answered);
        CHECK(answer.reply.verdict == Verdict::ok);
        auto bars = answer.heard.all<ClosedBar>();
        std::ranges::sort(bars, {}, &ClosedBar::open_time);
        REQUIRE(bars.size() == 6);
        for (std::size_t i = 0; i < bars.size(); ++i) {
            CHECK(bars[i].open_time == bench.truth.bars[i].open_time);
            CHECK(bars[i].length == length);
            CHECK(bars[i].instrument == InstrumentId{0});
            CHECK(bars[i].values.close == bench.truth.bars[i].values.close);
            CHECK(bars[i].values.high == bench.truth.bars[i].values.high);
        }
        // A length no venue has.
        wire::AskBars odd = question;
        odd.length = 7min + 1s;
        CHECK_FALSE(bench.ask(odd).asked.has_value());
    }
}

TEST_CASE("polled quotes") {
    for (const FixtureRow& row : all_fixtures()) {
        Bench bench{row};
        if (!bench.can().polled_quotes) continue;
        CAPTURE(row.name);
        Quote quote;
        quote.bid = bench.price();
        quote.ask = bench.price() + bench.fixture->instruments()[0].instrument.tick;
        quote.venue_time = quote.received_at = bench.truth.now;
        bench.truth.quotes.push_back(quote);
        const Heard answer = bench.ask(wire::AskQuotes{{InstrumentId{0}}});
        REQUIRE(answer.answered);
        CHECK(answer.reply.verdict == Verdict::ok);
        CHECK(answer.heard.events.size() >= 1);
    }
}

TEST_CASE("balances and positions say what the account holds") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        Bench bench{row};
        if (!bench.can().account) {
            const Heard answer = bench.ask(wire::AskBalances{});
            REQUIRE_FALSE(answer.asked.has_value());
            CHECK(answer.asked.error().code() == Errc::unsupported);
            continue;
        }
        const std::string quote = bench.fixture->instruments()[0].instrument.quote;
        wire::Balance cash;
        cash.asset = wire::AssetText{quote};
        cash.total = Decimal{12345};
        cash.available = Decimal{12000};
        bench.truth.balances.push_back(cash);
        const Heard balances = bench.ask_all(wire::AskBalances{});
        REQUIRE(balances.answered);
        CHECK(balances.reply.verdict == Verdict::ok);
        const auto found = balances.heard.all<wire::Balance>();
        const auto at = std::ranges::find(found, cash.asset, &wire::Balance::asset);
        REQUIRE(at != found.end());
        CHECK(at->total == cash.total);

        wire::VenuePosition held;
        held.instrument = InstrumentId{0};
        const bool can_be_short = bench.can().short_selling == wire::ShortSelling::always;
        held.quantity = held.available = can_be_short ? -bench.lots(2) : bench.lots(2);
        held.entry = bench.price();
        bench.truth.positions.push_back(held);
        const Heard positions = bench.ask_all(wire::AskPositions{});
        if (!positions.asked) {
            CHECK(positions.asked.error().code() == Errc::unsupported);  // spot: balances are what is held
            continue;
        }
        REQUIRE(positions.answered);
        const auto holdings = positions.heard.all<wire::VenuePosition>();
        REQUIRE(holdings.size() == 1);
        CHECK(holdings[0].instrument == InstrumentId{0});
        CHECK(holdings[0].quantity == held.quantity);
    }
}

TEST_CASE("a key that may withdraw is told as such") {
    for (const FixtureRow& row : all_fixtures()) {
        Bench bench{row};
        if (!bench.can().account) continue;
        CAPTURE(row.name);
        for (const bool may : {false, true}) {
            bench.truth.may_withdraw = may;
            bool told = false;
            for (const wire::Question& question :
                 {wire::Question{wire::AskAccount{}}, wire::Question{wire::AskPermissions{}}}) {
                const Heard answer = bench.ask(question);
                if (!answer.asked || !answer.answered) continue;
                CHECK(answer.reply.verdict == Verdict::ok);
                for (const wire::AccountFacts& facts : answer.heard.all<wire::AccountFacts>()) {
                    if (!facts.may_withdraw) continue;
                    told = true;
                    CHECK(*facts.may_withdraw == (may && bench.fixture->keys_may_withdraw()));
                }
            }
            const std::string words = fmt::format("{}: the venue {} whether a key may withdraw", row.name,
                                                  told ? "tells" : "does not tell");
            MESSAGE(words);
        }
    }
}

TEST_CASE("what is not claimed is refused as unsupported; what needs a key is denied without one") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        Bench bench{row}, keyless{row, false};
        const OrderRequest order = bench.order(1);
        const wire::OrderKey key{order.instrument, order.id, {}};
        const auto code_of = [](const Heard& answer) {
            return answer.asked ? std::optional<Errc>{} : answer.asked.error().code();
        };
        if (!bench.can().orders) {
            CHECK(code_of(bench.ask(wire::AskPlace{order})) == Errc::unsupported);
            CHECK(code_of(bench.ask(wire::AskCancel{key})) == Errc::unsupported);
            CHECK(code_of(bench.ask(wire::AskOrder{key})) == Errc::unsupported);
            CHECK(code_of(bench.ask(wire::AskOpenOrders{})) == Errc::unsupported);
            CHECK(bench.venue->private_stream() == nullptr);
        } else {
            CHECK(code_of(keyless.ask(wire::AskPlace{order})) == Errc::denied);
            CHECK(code_of(keyless.ask(wire::AskOrder{key})) == Errc::denied);
        }
        if (!bench.can().replace)
            CHECK(code_of(bench.ask(wire::AskReplace{key, order})) == Errc::unsupported);
        if (bench.can().streams.empty()) CHECK(bench.venue->market_stream() == nullptr);
    }
}

TEST_CASE("orders that the venue would refuse are refused here, with a reason (E15)") {
    for (const FixtureRow& row : all_fixtures()) {
        Bench bench{row};
        if (!bench.can().orders) continue;
        CAPTURE(row.name);
        const OrderRequest good = bench.order(1);
        const Status fine = bench.venue->check(good);
        CHECK_MESSAGE(fine.has_value(), (fine ? std::string{} : fine.error().message()));
        OrderRequest off_lot = good;
        off_lot.quantity += Quantity{Decimal::from_units(1)};
        CHECK_FALSE(bench.venue->check(off_lot).has_value());
        for (const OrderType type :
             {OrderType::market, OrderType::stop, OrderType::stop_limit, OrderType::trailing_stop}) {
            if (bench.can().order_types.has(type)) continue;
            OrderRequest other = good;
            other.type = type;
            CHECK_FALSE(bench.venue->check(other).has_value());
        }
        for (const TimeInForce time : {TimeInForce::day, TimeInForce::fill_or_kill}) {
            if (bench.can().times_in_force.has(time)) continue;
            OrderRequest other = good;
            other.time_in_force = time;
            CHECK_FALSE(bench.venue->check(other).has_value());
        }
    }
}

TEST_CASE("verdicts: what an answer is worth") {
    for (const FixtureRow& row : all_fixtures()) {
        CAPTURE(row.name);
        Bench bench{row};
        const wire::Question harmless =
            bench.can().account ? wire::Question{wire::AskBalances{}}
            : bench.can().history
                ? wire::Question{wire::AskBars{.instrument = InstrumentId{0},
                                               .length = bench.fixture->bar_length(),
                                               .from = bench.truth.now - 10 * bench.fixture->bar_length(),
                                               .to = bench.truth.now,
                                               .page = {}}}
                : wire::Question{wire::AskQuotes{{InstrumentId{0}}}};
        const auto expect = [&](const wire::Question& question, Happening happening, Verdict verdict) {
            const Heard answer = bench.ask(question, happening);
            CAPTURE(wire::name_of(question));
            if (!answer.asked || !answer.answered) return;
            CHECK(wire::to_string(answer.reply.verdict) == wire::to_string(verdict));
            CHECK(answer.reply.words.find('\n') == std::string::npos);
            if (happening == Happening::rate_limited && answer.reply.retry_at) {
                CHECK(bench.truth.now + kRateLimitWait <= *answer.reply.retry_at);
                CHECK(*answer.reply.retry_at <= bench.truth.now + kRateLimitWait + 1s);
            }
        };
        expect(harmless, Happening::rate_limited, Verdict::rate_limited);
        expect(harmless, Happening::wrong_key, Verdict::unauthorized);
        expect(harmless, Happening::clock_off, Verdict::clock);
        expect(harmless, Happening::maintenance, Verdict::unavailable);
        const std::string page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
        for (const int status : {500, 502, 504, 520})
            CHECK(bench.read(harmless, {.status = status, .headers = {}, .body = page}).verdict ==
                  Verdict::unknown);
        if (!bench.can().orders) continue;
        const wire::AskPlace place{bench.order(1)};
        expect(place, Happening::refused, Verdict::refused);
        expect(place, Happening::rate_limited, Verdict::rate_limited);
        expect(place, Happening::wrong_key, Verdict::unauthorized);
        expect(place, Happening::clock_off, Verdict::clock);
        for (const int status : {200, 500, 502, 504, 520}) {
            for (const std::string_view body :
                 {page.c_str(), "", "{}", "[]", "null", "{\"a\":1}", "{\"code\":"}) {
                CAPTURE(status);
                CAPTURE(body);
                CHECK(
                    bench.read(place, {.status = status, .headers = {}, .body = std::string{body}}).verdict ==
                    Verdict::unknown);
            }
        }
    }
}

TEST_CASE("fault_E01_cut_answer: no part of an order's answer is taken for an answer") {
    for (const FixtureRow& row : all_fixtures()) {
        Bench bench{row};
        if (!bench.can().orders) continue;
        CAPTURE(row.name);
        const wire::AskPlace place{bench.order(1)};
        bench.truth.orders.push_back(bench.taken(place.order, 1));
        REQUIRE(bench.venue->ask(place, bench.truth.now).has_value());
        for (const Happening happening : {Happening::nothing, Happening::refused}) {
            const auto whole = bench.fixture->http(place, happening, bench.truth);
            REQUIRE(whole.has_value());
            for (std::size_t size = 0; size < whole->body.size(); ++size) {
                io::HttpResponse cut = *whole;
                cut.body.resize(size);
                if (whole->body.find_first_not_of(" \r\n", size) == std::string::npos) continue;
                CAPTURE(size);
                REQUIRE(bench.read(place, cut).verdict == Verdict::unknown);
            }
        }
    }
}

TEST_CASE("orders are found by our id, at one of the venue's places, and only then") {
    for (const FixtureRow& row : all_fixtures()) {
        Bench bench{row};
        if (!bench.can().orders) continue;
        CAPTURE(row.name);
        const OrderRequest request = bench.order(1);
        const wire::OrderKey key{request.instrument, request.id, {}};
        for (unsigned char place = 0; place < bench.can().order_endpoints; ++place) {
            const Heard absent = bench.ask(wire::AskOrder{key, place});
            REQUIRE(absent.answered);
            CHECK(absent.heard.all<wire::OrderUpdate>().empty());
            CHECK((absent.reply.verdict == Verdict::not_found || absent.reply.verdict == Verdict::ok));
        }
        bench.truth.orders.push_back(bench.taken(request, 1));
        const Heard placed = bench.ask(wire::AskPlace{request});
        REQUIRE(placed.answered);
        CHECK(placed.reply.verdict == Verdict::ok);
        bool found = false;
        for (unsigned char place = 0; place < bench.can().order_endpoints; ++place) {
            for (const wire::OrderUpdate& update :
                 bench.ask(wire::AskOrder{key, place}).heard.all<wire::OrderUpdate>()) {
                found = true;
                CHECK(update.client_order.view() == request.id.to_string());
                CHECK(update.venue_order.view() == bench.fixture->order_id(1));
                CHECK(update.instrument == request.instrument);
                CHECK(update.side == request.side);
                CHECK(update.state == OrderState::working);
                if (update.quantity) CHECK(*update.quantity == request.quantity);
            }
        }
        CHECK(found);
        const Heard open = bench.ask_all(wire::AskOpenOrders{});
        const Heard open_one =
            bench.ask_all(wire::AskOpenOrders{.instrument = request.instrument, .page = {}});
        CHECK(open.heard.all<wire::OrderUpdate>().size() + open_one.heard.all<wire::OrderUpdate>().size() >=
              1);
        for (const wire::OrderUpdate& update : open.heard.all<wire::OrderUpdate>())
            CHECK(update.client_order.view() == request.id.to_string());
    }
}

TEST_CASE("a taken id is told as taken, or answered with the order that has it") {
    for (const FixtureRow& row : all_fixtures()) {
        Bench bench{row};
        if (!bench.can().orders || bench.can().id_class == wire::IdClass::none) continue;
        CAPTURE(row.name);
        const OrderRequest request = bench.order(1);
        bench.truth.orders.push_back(bench.taken(request, 1));
        const Heard again = bench.ask(wire::AskPlace{request}, Happening::duplicate);
        REQUIRE(again.answered);
        CHECK((again.reply.verdict == Verdict::duplicate || again.reply.verdict == Verdict::ok));
    }
}

TEST_CASE("fills come by all their pages, each once") {
    for (const FixtureRow& row : all_fixtures()) {
        Bench bench{row};
        if (!bench.can().orders) continue;
        CAPTURE(row.name);
        const OrderRequest request = bench.order(1);
        TrueOrder order = bench.taken(request, 1);
        const std::size_t count = std::max<std::size_t>(bench.fixture->fills_per_page(), 3) + 1;
        order.quantity = bench.lots(static_cast<std::int64_t>(count) + 1);
        order.filled = bench.lots(static_cast<std::int64_t>(count));
        order.state = OrderState::partially_filled;
        order.average = order.limit;
        bench.truth.orders.push_back(order);
        for (std::size_t n = 1; n <= count; ++n) {
            TrueFill fill;
            fill.execution = bench.fixture->execution_id(static_cast<unsigned>(n));
            fill.client = order.client;
            fill.venue = order.venue;
            fill.side = order.side;
            fill.price = order.limit;
            fill.quantity = bench.lots(1);
            fill.fee_asset = bench.fixture->fee_asset(order.instrument, order.side);
            fill.at = bench.truth.now - 1h + n * 1s;
            bench.truth.fills.push_back(fill);
        }
        wire::AskFills question{.instrument = {}, .since = bench.truth.now - 2h, .page = {}};
        Heard answer = bench.ask_all(question);
        if (!answer.asked) {
            question.instrument = InstrumentId{0};
            answer = bench.ask_all(question);
        }
        REQUIRE(answer.answered);
        CHECK(answer.reply.verdict == Verdict::ok);
        std::vector<ExecutionId> executions;
        for (const wire::OrderUpdate& update : answer.heard.all<wire::OrderUpdate>()) {
            if (!update.fill) continue;
            if (std::ranges::find(executions, update.fill->execution) == executions.end())
                executions.push_back(update.fill->execution);
            CHECK(update.fill->quantity == bench.lots(1));
            CHECK(update.fill->price == order.limit);
            CHECK((update.client_order.view() == order.client || update.venue_order.view() == order.venue));
        }
        CHECK(executions.size() == count);
    }
}

}  // namespace plumb::venues::conformance
