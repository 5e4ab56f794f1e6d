#include "store/record_reader.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/record_test_support.hpp"

using namespace plumb;
using namespace plumb::store;
using namespace plumb::store::testing;
namespace fs = std::filesystem;

namespace {

/// Opens and closes the pair BTC-ETH once, with these prices; quantities 2 and 29, fees 0.5 per fill.
void round_trip(TradingRecord& record, ClientOrderId first, const std::array<const char*, 4>& prices,
                std::string_view realized) {
    const PairModel pair = model(market(), 0, "BTC", "ETH", 14.5);
    REQUIRE(record.begin().has_value());
    for (std::size_t i = 0; i < 4; ++i) {
        const auto leg = static_cast<unsigned char>(i % 2);
        const bool buys = (i == 0 || i == 3);
        const OrderRequest order = request({first.install, first.epoch, first.counter + i}, pair, leg,
                                           buys ? Side::buy : Side::sell, leg == 0 ? "2" : "29");
        REQUIRE(record.intent(order).has_value());
        REQUIRE(record.order(report_of(order, OrderState::filled)).has_value());
        const std::string name = fmt::format("x{}", first.counter + i);
        if (leg == 0) {  // in two parts
            REQUIRE(record.fill(fill_of(order, name + "a", prices[i], "0.5", "0.25")).has_value());
            REQUIRE(record.fill(fill_of(order, name + "b", prices[i], "1.5", "0.25")).has_value());
        } else {
            REQUIRE(record.fill(fill_of(order, name, prices[i], "29", "0.5")).has_value());
        }
    }
    PairClosed closed;
    closed.status.pair = PairId{0};
    closed.status.entered_at = timestamp_from_ns(100);
    closed.status.entry_z = -2.25;
    closed.status.entry_spread = -3.5;
    closed.status.realized = Money{decimal(realized)};
    closed.status.fees = Money{decimal("2")};
    closed.side = SpreadSide::long_spread;
    closed.signal.type = SignalType::exit;
    closed.signal.reason = Reason::mean_reverted;
    closed.signal.z = 0.25;
    closed.signal.at = timestamp_from_ns(900);
    REQUIRE(record.round_trip(closed).has_value());
    REQUIRE(record.commit().has_value());
}

}  // namespace

TEST_CASE("record reader: positions, orders, notes and equity, while the session writes") {
    const Folder folder{"reader"};
    CHECK(RecordReader::open(folder.record()).error().code() == Errc::not_found);
    auto opened = open_record(folder);
    REQUIRE(opened.has_value());
    TradingRecord& record = *opened->record;
    auto reader = RecordReader::open(folder.record());
    REQUIRE_MESSAGE(reader.has_value(), reader.error().message());
    CHECK(reader->fills()->empty());

    const PairModel pair = model(market(), 0, "BTC", "ETH", 14.5);
    const PairModel second = model(market(), 1, "ETH", "SOL", 20);
    const OrderRequest a = request({opened->state.install, 1, 1}, pair, 0, Side::buy, "2");
    const OrderRequest b = request({opened->state.install, 1, 2}, pair, 1, Side::sell, "29");
    const OrderRequest c = request({opened->state.install, 1, 3}, second, 0, Side::buy, "29");
    REQUIRE(record.begin().has_value());
    for (const OrderRequest& order : {a, b, c}) REQUIRE(record.intent(order).has_value());
    REQUIRE(record.order(report_of(a, OrderState::partially_filled, "v-7")).has_value());
    REQUIRE(record.order(report_of(b, OrderState::working, "v-8")).has_value());
    REQUIRE(record.order(report_of(b, OrderState::filled, "")).has_value());
    REQUIRE(record.fill(fill_of(a, "x1", "100.1", "0.1", "0.001")).has_value());
    REQUIRE(record.fill(fill_of(a, "x2", "100.2", "0.2", "0.002")).has_value());
    REQUIRE(record.fill(fill_of(b, "x3", "7", "29", "-0.1")).has_value());
    REQUIRE(record.fill(fill_of(c, "x4", "7.5", "29", "0.1")).has_value());
    EquityPoint point;
    for (int i = 1; i <= 5; ++i) {
        point.at = timestamp_from_ns(i);
        point.equity = Money{Decimal{i}};
        REQUIRE(record.equity(point).has_value());
    }
    REQUIRE(record.note(timestamp_from_ns(3), "denied", R"({"check": "gross_limit"})").has_value());
    REQUIRE(record.note(timestamp_from_ns(4), "state", "{}").has_value());
    REQUIRE(record.note(timestamp_from_ns(5), "denied", "{}").has_value());
    CHECK(reader->fills()->empty());  // not committed, and the reader stays at its moment
    REQUIRE(record.commit().has_value());
    CHECK(reader->fills()->empty());
    REQUIRE(reader->refresh().has_value());

    REQUIRE(reader->fills()->size() == 4);
    CHECK(reader->fills(2)->front().fill.execution == ExecutionId{"x3"});
    const auto positions = reader->positions();
    REQUIRE(positions.has_value());
    REQUIRE(positions->size() == 3);
    CHECK((*positions)[0].pair == "BTC-ETH");
    CHECK((*positions)[0].quantity == Quantity{decimal("0.3")});
    CHECK((*positions)[0].paid == Money{decimal("30.05")});
    CHECK((*positions)[0].fees == Money{decimal("0.003")});
    CHECK((*positions)[1].quantity == Quantity{decimal("-29")});
    const auto net = reader->net_positions();
    REQUIRE(net.has_value());
    REQUIRE(net->size() == 1);  // the two pairs cancel in ETH
    CHECK(net->front().instrument == "BTC/USD");

    const auto open = reader->open_orders();
    REQUIRE(open.has_value());
    REQUIRE(open->size() == 2);
    CHECK((*open)[0].request.id == a.id);
    CHECK((*open)[0].state == OrderState::partially_filled);
    CHECK((*open)[1].state == OrderState::intended);
    CHECK(reader->order(b.id)->state == OrderState::filled);
    CHECK(reader->order(b.id)->venue_order == VenueOrderId{"v-8"});
    CHECK(reader->order_states(b.id)->size() == 2);
    CHECK(reader->order({1, 2, 3}).error().code() == Errc::not_found);
    CHECK(reader->orders()->size() == 3);
    CHECK(reader->equity(2)->front().equity == Money{decimal("4")});
    CHECK(reader->notes(1, "denied")->front().at == timestamp_from_ns(5));
    CHECK(reader->notes()->size() == 3);
    CHECK(reader->meta()->epoch == 1);
    CHECK(reader->meta()->header.capital == Money{decimal("10000.50")});
    CHECK(reader->pairs()->size() == 2);
    CHECK(reader->instruments()->at(2).name() == "SOL/USD");
    CHECK(reader->progress()->commits == 1);
}

TEST_CASE("record reader: the writer's log is emptied once the reader lets go") {
    const Folder folder{"release"};
    auto opened = open_record(folder, Durability::process_death);
    REQUIRE(opened.has_value());
    auto reader = RecordReader::open(folder.record());
    REQUIRE(reader.has_value());
    fs::path log = folder.record();
    log += "-wal";
    Trader trader{*opened->record, opened->state, 12};
    const auto grow = [&] {
        const std::uintmax_t before = fs::file_size(log);
        for (int i = 0; i < 400; ++i) REQUIRE(trader.step().has_value());
        return fs::file_size(log) - before;
    };
    CHECK(grow() > 4'000'000);  // nothing can be emptied below the reader
    CHECK(grow() > 4'000'000);
    REQUIRE(reader->release().has_value());
    CHECK(grow() < 4'000'000);  // used again from its start
    CHECK(grow() == 0);
    REQUIRE(reader->refresh().has_value());
    CHECK(reader->progress()->commits == 1600);
}

TEST_CASE("record reader: round trips carry their own fills, averages and profit") {
    const Folder folder{"trips"};
    auto opened = open_record(folder);
    REQUIRE(opened.has_value());
    const std::uint32_t install = opened->state.install;
    // Bought 2 at 100, sold at 110: 20; sold 29 at 7, bought at 6.5: 14.5; fees 2.
    round_trip(*opened->record, {install, 1, 1}, {"100", "7", "110", "6.5"}, "32.5");
    round_trip(*opened->record, {install, 1, 5}, {"100", "7", "90", "7"}, "-22");
    auto opened_reader = RecordReader::open(folder.record());
    REQUIRE(opened_reader.has_value());
    RecordReader& reader = *opened_reader;
    const auto trips = reader.round_trips();
    REQUIRE_MESSAGE(trips.has_value(), trips.error().message());
    REQUIRE(trips->size() == 2);
    const RoundTrip& first = (*trips)[0];
    CHECK(first.pair == "BTC-ETH");
    CHECK(first.side == SpreadSide::long_spread);
    CHECK(first.legs[0].instrument == "BTC/USD");
    CHECK(first.legs[0].entry_side == Side::buy);
    CHECK(first.legs[0].entry_quantity == Quantity{decimal("2")});
    CHECK(first.legs[0].entry_price == Price{decimal("100")});
    CHECK(first.legs[0].exit_price == Price{decimal("110")});
    CHECK(first.legs[0].fills == 4);
    CHECK(first.legs[1].entry_side == Side::sell);
    CHECK(first.legs[1].exit_quantity == Quantity{decimal("29")});
    CHECK(first.profit_of_fills == Money{decimal("32.5")});
    CHECK(first.realized == first.profit_of_fills);
    CHECK(first.entry_z == -2.25);
    CHECK(first.reason == to_string(Reason::mean_reverted));
    CHECK(first.signal == "EXIT");
    CHECK((*trips)[1].profit_of_fills == Money{decimal("-22")});
    CHECK(reader.positions()->empty());

    const auto answer = reader.query("SELECT pair, round_trips, realized_approx FROM profit_by_pair");
    REQUIRE_MESSAGE(answer.has_value(), answer.error().message());
    CHECK(answer->columns == std::vector<std::string>{"pair", "round_trips", "realized_approx"});
    REQUIRE(answer->rows.size() == 1);
    CHECK(answer->rows[0][1] == "2");
    CHECK(answer->rows[0][2] == "10.5");
    CHECK(reader.query("SELECT * FROM fills", 3)->more);
    CHECK(reader.query("SELECT * FROM positions")->rows.size() == 2);
    CHECK(reader.query("SELECT * FROM open_orders")->rows.empty());
    CHECK(reader.query("DELETE FROM fills").error().code() == Errc::invalid_argument);
    CHECK(reader.query("SELECT 1; DROP TABLE fills").error().code() == Errc::invalid_argument);
    CHECK(reader.query("SELECT nothing FROM nowhere").error().code() == Errc::invalid_argument);
}

TEST_CASE("record reader: without a session, after a crash, and in a folder nobody may write") {
    const Folder folder{"readonly"};
    {
        auto opened = open_record(folder);
        REQUIRE(opened.has_value());
        Trader trader{*opened->record, opened->state, 3};
        for (int i = 0; i < 10; ++i) REQUIRE(trader.step().has_value());
    }
    const auto text = io::read_file(folder.record());
    const auto commits = [&]() -> std::int64_t {
        auto reader = RecordReader::open(folder.record());
        if (!reader) return -1;
        const auto progress = reader->progress();
        return progress ? progress->commits : -2;
    };
    CHECK(commits() == 10);
    CHECK(*io::read_file(folder.record()) == *text);

    // As a user who may only read. The superuser may write anywhere, so the child gives that up first.
    const fs::path state = folder.record().parent_path();
    ::chmod(folder.record().c_str(), 0444);
    for (const fs::directory_entry& each : fs::directory_iterator{state}) {
        if (each.path() != folder.record()) fs::remove(each.path());
    }
    ::chmod(state.c_str(), 0555);
    ::chmod(folder.path.c_str(), 0555);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(100);
        ::_exit(static_cast<int>(commits()) & 0x7f);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    ::chmod(folder.path.c_str(), 0755);
    ::chmod(state.c_str(), 0755);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 10);
}

TEST_CASE("fault_S08_readers_during_writes: a reader in another process always sees whole commits") {
    const Folder folder{"during"};
    auto opened = open_record(folder, Durability::process_death);
    REQUIRE(opened.has_value());
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        auto reader = RecordReader::open(folder.record());
        if (!reader) ::_exit(1);
        std::int64_t last = -1;
        for (int i = 0; i < 300; ++i) {
            if (!reader->refresh()) ::_exit(2);
            const auto progress = reader->progress();
            const auto fills = reader->fills();
            const auto pairs = reader->pairs();
            if (!progress || !fills || !pairs) ::_exit(3);
            if (progress->fills.rows != static_cast<std::int64_t>(fills->size())) ::_exit(4);
            if (progress->commits < last) ::_exit(5);
            last = progress->commits;
            RecordedState state;
            state.fills = *fills;
            state.pairs = *pairs;
            if (!holdings_are_sums(state)) ::_exit(6);
        }
        ::_exit(0);
    }
    Trader trader{*opened->record, opened->state, 8};
    int status = 0;
    std::int64_t commits = 0;
    bool ended = false;
    for (; !ended && commits < 5000; ++commits) {
        const Status done = trader.step();
        REQUIRE_MESSAGE(done.has_value(), done.error().message());
        ended = ::waitpid(child, &status, WNOHANG) != 0;
    }
    if (!ended) REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(commits > 10);
}
