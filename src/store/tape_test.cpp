#include "store/tape.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "store/crc32c.hpp"
#include "store/digest.hpp"
#include "store/tape_codec.hpp"

using namespace plumb;
using namespace plumb::store;

namespace {

std::filesystem::path fresh(const char* name) {
    const auto folder = std::filesystem::temp_directory_path() / "plumb_tape_test";
    std::filesystem::create_directories(folder);
    std::filesystem::remove(folder / name);
    return folder / name;
}

Decimal decimal(const char* text) { return Decimal::parse(text).value(); }

std::vector<Event> one_of_each() {
    const Timestamp at = parse_timestamp("2024-08-08T23:54:15.342000001Z").value();
    Fill fill;
    fill.execution = std::string_view{"65044226"};
    fill.order = {0x1a2b3c4d, 7, 42};
    fill.instrument = InstrumentId{1};
    fill.pair = PairId{3};
    fill.leg = 1;
    fill.side = Side::sell;
    fill.price = Price{decimal("0.00001234")};
    fill.quantity = Quantity{decimal("12345678901234.5")};
    fill.fee = Money{decimal("-0.000000000000000001")};
    fill.maker = true;
    fill.venue_time = at;
    fill.received_at = at + Duration{5};
    OrderReport report;
    report.order = fill.order;
    report.venue_order = std::string_view{"venue-1"};
    report.state = OrderState::rejected;
    report.reason = std::string_view{"no money"};
    report.received_at = at;
    return {Tick{at},
            Trade{InstrumentId{0}, Side::sell, Price{decimal("61837.63")}, Quantity{decimal("0.02")},
                  3735683259, at, at},
            Quote{InstrumentId{0}, Price{decimal("1")}, Price{decimal("2")}, Quantity{decimal("3")},
                  Quantity{decimal("4")}, std::numeric_limits<std::uint64_t>::max(), at, at},
            ClosedBar{InstrumentId{1},
                      BarOrigin::filled,
                      at,
                      std::chrono::minutes{1},
                      {Price{decimal("1")}, Price{decimal("2")}, Price{decimal("0.5")}, Price{decimal("1.5")},
                       Quantity{}}},
            MarketStatus{InstrumentId{1}, TradingStatus::halted, at},
            report,
            fill,
            Command{CommandType::flatten, at},
            MarkPrice{InstrumentId{0}, Price{decimal("61840.5")}, Price{decimal("61839")}, at, at}};
}

TapeHeader header() {
    Instrument btc;
    btc.base = "BTC";
    btc.quote = "USD";
    btc.tick = Price{decimal("0.01")};
    btc.lot = Quantity{decimal("0.00001")};
    btc.notional_min = Money{decimal("5")};
    btc.can_short = false;
    Instrument shib = btc;
    shib.base = "SHIB";
    shib.tick = Price{decimal("0.00000001")};
    return {R"({"capital":"10000","lookback":500})", {btc, shib}};
}

std::string bytes_of(const Event& event) {
    std::string bytes;
    ByteWriter out{bytes};
    write_event(out, event);
    return bytes;
}

std::string slurp(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void spill(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
}

std::string write_tape(const std::filesystem::path& path) {
    auto tape = TapeWriter::create(path, header());
    REQUIRE(tape.has_value());
    for (const Event& event : one_of_each()) {
        REQUIRE(tape->append(event).has_value());
        REQUIRE(tape->append(TapeDecision{0x1234567890abcdefULL, "SIGNAL BUY_SPREAD"}).has_value());
    }
    REQUIRE(tape->sync().has_value());
    return slurp(path);
}

struct Reading {
    std::vector<std::string> events;
    std::size_t decisions = 0;
    std::string problem;  // empty when the end was clean
};

Reading read_tape(const std::filesystem::path& path) {
    Reading reading;
    auto tape = TapeReader::open(path);
    if (!tape) {
        reading.problem = to_string(tape.error().code());
        return reading;
    }
    while (true) {
        const auto record = tape->next();
        if (!record) {
            reading.problem = to_string(record.error().code());
            CHECK_FALSE(tape->next().has_value());  // and it stays over
            return reading;
        }
        if (!*record) return reading;
        if (const auto* event = std::get_if<Event>(&**record))
            reading.events.push_back(bytes_of(*event));
        else
            ++reading.decisions;
    }
}

}  // namespace

TEST_CASE("CRC-32C gives the published values") {
    // RFC 3720, appendix B.4, and the usual check value of the polynomial.
    CHECK(crc32c("123456789") == 0xe3069283);
    CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
    CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
    CHECK(crc32c("6789", crc32c("12345")) == 0xe3069283);
    CHECK(fnv1a("") == 0xcbf29ce484222325ULL);
    CHECK(fnv1a("foobar") == 0x85944171f73967e8ULL);  // Fowler, Noll and Vo's own test vector
}

TEST_CASE("every kind of event comes back as it went") {
    const auto path = fresh("all");
    write_tape(path);
    auto tape = TapeReader::open(path);
    REQUIRE(tape.has_value());
    CHECK(tape->header().instruments.size() == 2);
    CHECK(tape->header().instruments[1].name() == "SHIB/USD");
    CHECK(tape->header().instruments[1].tick.to_string() == "0.00000001");
    CHECK_FALSE(tape->header().instruments[1].can_short);
    CHECK(tape->header().session_json == R"({"capital":"10000","lookback":500})");
    for (const Event& expected : one_of_each()) {
        const auto event = tape->next();
        REQUIRE(event.has_value());
        REQUIRE(event->has_value());
        CHECK(bytes_of(std::get<Event>(**event)) == bytes_of(expected));
        const auto decision = tape->next();
        CHECK(std::get<TapeDecision>(**decision).digest == 0x1234567890abcdefULL);
        CHECK(std::get<TapeDecision>(**decision).text == "SIGNAL BUY_SPREAD");
    }
    CHECK_FALSE(tape->next()->has_value());
    CHECK(tape->records() == 18);
    CHECK(tape->good_bytes() == slurp(path).size());
    const auto again = std::get<Fill>(read_event(bytes_of(one_of_each()[6])).value());
    CHECK(again.quantity.to_string() == "12345678901234.5");
    CHECK(again.fee.to_string() == "-0.000000000000000001");
    CHECK(again.pair == PairId{3});
    CHECK(again.order.to_string() == "pl-1a2b3c4d-7-42");
    CHECK(to_iso(again.received_at) == "2024-08-08T23:54:15.342000006Z");
}

TEST_CASE("fault_S02_torn_tape: cut at every byte, the whole records before the cut are all that is used") {
    const auto path = fresh("torn");
    const std::string whole = write_tape(path);
    const Reading complete = read_tape(path);
    REQUIRE(complete.problem.empty());
    std::size_t clean_cuts = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        spill(path, whole.substr(0, length));
        const Reading reading = read_tape(path);
        REQUIRE(reading.events.size() <= complete.events.size());
        for (std::size_t i = 0; i < reading.events.size(); ++i)
            REQUIRE(reading.events[i] == complete.events[i]);
        clean_cuts += reading.problem.empty() ? 1 : 0;  // exactly between two records
    }
    CHECK(clean_cuts == 18);
}

TEST_CASE("fault_S03_flipped_tape: every flipped bit is detected, nothing at or after it is used") {
    const auto path = fresh("flipped");
    const std::string whole = write_tape(path);
    const Reading complete = read_tape(path);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int bit : {0, 3, 7}) {
            std::string flipped = whole;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1u << bit));
            spill(path, flipped);
            const Reading reading = read_tape(path);
            REQUIRE_FALSE(reading.problem.empty());
            for (std::size_t i = 0; i < reading.events.size(); ++i)
                REQUIRE(reading.events[i] == complete.events[i]);
        }
    }
}

TEST_CASE("a record lost, doubled or moved breaks the chain") {
    const auto path = fresh("moved");
    const std::string whole = write_tape(path);
    auto tape = TapeReader::open(path);
    std::vector<std::size_t> ends{tape->good_bytes()};
    while (tape->next()->has_value()) ends.push_back(tape->good_bytes());
    const auto record = [&](std::size_t i) { return whole.substr(ends[i], ends[i + 1] - ends[i]); };
    spill(path, whole.substr(0, ends[2]) + whole.substr(ends[3]));
    CHECK(read_tape(path).problem == "corrupt");
    CHECK(read_tape(path).events.size() == 1);
    spill(path, whole.substr(0, ends[3]) + record(2) + whole.substr(ends[3]));
    CHECK(read_tape(path).problem == "corrupt");
    spill(path, whole.substr(0, ends[2]) + record(3) + record(2) + whole.substr(ends[4]));
    CHECK(read_tape(path).problem == "corrupt");
}

TEST_CASE("fault_S07_newer_tape: a newer format, another file and a taken path are refused in words") {
    const auto path = fresh("newer");
    std::string whole = write_tape(path);
    whole[8] = 2;
    spill(path, whole);
    const auto newer = TapeReader::open(path);
    CHECK(newer.error().code() == Errc::newer_format);
    CHECK(newer.error().message().find("format 2") != std::string::npos);
    spill(path, "PLUMB is no tape, but text that is long enough");
    CHECK(TapeReader::open(path).error().code() == Errc::corrupt);
    CHECK(TapeReader::open(fresh("missing")).error().code() == Errc::not_found);
    CHECK(TapeWriter::create(path, header()).error().code() == Errc::duplicate);
    CHECK(TapeWriter::create(fresh("json"), {"{", {}}).error().code() == Errc::invalid_argument);
}

TEST_CASE("many buffers are one tape") {
    const auto path = fresh("long");
    auto tape = TapeWriter::create(path, header());
    REQUIRE(tape.has_value());
    for (int i = 0; i < 20'000; ++i) REQUIRE(tape->append(one_of_each()[1]).has_value());
    REQUIRE(tape->flush().has_value());
    CHECK(read_tape(path).events.size() == 20'000);
    CHECK(read_tape(path).problem.empty());
}

TEST_CASE("fault_S05_full_disk: a tape that cannot be written says so, stays shut, and is good up to there") {
    const auto path = fresh("full");
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);  // so that the limit is an error, as a full disk is
    const rlimit small{300'001, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    int accepted = 0;
    bool shut = false;
    {
        auto tape = TapeWriter::create(path, header());
        if (tape) {
            while (accepted < 100'000 && tape->append(one_of_each()[1])) ++accepted;
            shut = !tape->flush() && !tape->sync() && !tape->append(one_of_each()[0]);
        }
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK(shut);
    CHECK(accepted < 100'000);
    CHECK(std::filesystem::file_size(path) == 300'001);
    const Reading reading = read_tape(path);
    CHECK(reading.problem == "truncated");
    CHECK(reading.events.size() > 1000);
    for (const std::string& event : reading.events) REQUIRE(event == bytes_of(one_of_each()[1]));
}

TEST_CASE("digests tell the first difference in decisions") {
    const Timestamp at = parse_timestamp("2025-01-01").value();
    const Signal signal{PairId{1}, SignalType::buy_spread, Reason::entry_threshold, -2.5, 0.8, 12.5, at};
    Signal other = signal;
    other.z = std::nextafter(-2.5, 0.0);
    const std::vector<Effect> one{Signaled{signal}}, two{Signaled{other}},
        both{Signaled{signal}, StateChanged{TradingState::halted, "loss_limit", at}};
    DecisionDigest a, b, c;
    CHECK(a.add(one) == b.add(one));
    CHECK(a.value() == b.value());
    CHECK(a.add({}) == 0);
    CHECK(a.value() == b.value());
    CHECK(a.steps() == 1);
    CHECK(a.add(two) != b.add(one));
    CHECK(a.value() != b.value());
    CHECK(c.add(both) != c.add(one));
    CHECK(describe(both, InstrumentTable{}) ==
          "SIGNAL BUY_SPREAD entry threshold reached pair 1 z -2.5 | STATE halted loss_limit");
}
