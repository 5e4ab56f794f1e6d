#include "exchange/judge/judge.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "store/record_schema.hpp"
#include "store/sqlite.hpp"

namespace plumb::exchange {
namespace {

/// A workspace and a truth log written by hand: one order for 2 BTC at 100, filled in two parts.
struct Case {
    Case() {
        static int count = 0;
        root = std::filesystem::temp_directory_path() / fmt::format("plumb_judge_{}_{}", ::getpid(), count++);
        std::filesystem::create_directories(root / "state");
        std::ofstream{root / "state" / "trading_record.db"};
        Result<store::Database> opened =
            store::Database::open(root / "state" / "trading_record.db", store::Database::Access::read_write);
        REQUIRE(opened.has_value());
        database.emplace(std::move(*opened));
        REQUIRE(store::create_schema(*database).has_value());
        sql("INSERT INTO meta VALUES(1, 26, 'live', 'alpaca', 'alpaca', 'main', '10000', 0, 1, 0)");
        for (const char* base : {"BTC", "ETH"})
            sql(fmt::format(
                "INSERT INTO instruments(name, base, quote, tick, lot, quantity_min, notional_min, "
                "can_short, crc) VALUES('{0}/USD', '{0}', 'USD', '0.01', '0.01', '0', '0', 1, 0)",
                base));
        for (const char* pair : {"P", "Q"})
            sql(fmt::format(
                "INSERT INTO pairs VALUES((SELECT count(*) + 1 FROM pairs), '{}', 'BTC/USD', 'ETH/USD', 1, "
                "1, 0, 1, 1, 0, 'flat', 'buy', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', 0, 0, 0, "
                "0, 0, 0, 0)",
                pair));
    }
    ~Case() { std::filesystem::remove_all(root); }
    Case(const Case&) = delete;
    Case& operator=(const Case&) = delete;

    void sql(const std::string& statement) {
        const Status done = database->execute(statement.c_str());
        REQUIRE_MESSAGE(done.has_value(), done.error().message());
    }
    void believe_order(std::string_view id, std::string_view state, std::string_view pair = "P") {
        sql(fmt::format(
            "INSERT INTO orders VALUES((SELECT count(*) + 1 FROM orders), '{}', 'BTC/USD', '{}', 0, 'buy', "
            "'limit', 'good_till_canceled', 'entry', '2', '100', '0', '100', 0, 0)",
            id, pair));
        sql(fmt::format(
            "INSERT INTO order_states VALUES((SELECT count(*) + 1 FROM order_states), '{}', '{}', '1', '', "
            "0, 0, 0)",
            id, state));
    }
    void believe_fill(std::string_view execution, std::string_view order, std::string_view quantity,
                      std::string_view fee = "0.1", std::string_view price = "100") {
        sql(fmt::format(
            "INSERT INTO fills VALUES((SELECT count(*) + 1 FROM fills), 'alpaca', 'main', '{}', '{}', "
            "'BTC/USD', 'P', 0, 'buy', '{}', '{}', '{}', 0, 0, 5, 0)",
            execution, order, price, quantity, fee));
    }
    void believe_cash(std::string_view cash, int at = 10) {
        sql(fmt::format(
            "INSERT INTO equity VALUES((SELECT count(*) + 1 FROM equity), {}, '{}', '10000', '0', '0', '0', "
            "'0', 0)",
            at, cash));
    }

    void tell(std::string_view record, std::string_view fields) {
        truth += fmt::format(
            R"({{"sequence":{},"at":"2024-01-02T15:00:00.000000000Z","venue":"alpaca","record":"{}",{}}})"
            "\n",
            ++sequence, record, fields);
    }
    void tell_order(int number, std::string_view client_id, std::string_view status,
                    std::string_view more = "") {
        tell("order", fmt::format(R"("step":"accepted","order":{},"client_id":"{}","account":"main",)"
                                  R"("instrument":"BTC/USD","status":"{}","filled":"0"{})",
                                  number, client_id, status, more));
    }
    void tell_fill(int execution, int order, std::string_view quantity, std::string_view fee = "0.1",
                   std::string_view fee_asset = "USD", std::string_view instrument = "BTC/USD") {
        tell("fill", fmt::format(R"("execution":{},"trade":{},"order":{},"client_id":"","account":"main",)"
                                 R"("instrument":"{}","side":"buy","price":"100","quantity":"{}","fee":"{}",)"
                                 R"("fee_asset":"{}")",
                                 execution, execution + 1000, order, instrument, quantity, fee, fee_asset));
    }
    void tell_balance(std::string_view asset, std::string_view total, std::string_view change,
                      std::string_view reason) {
        tell("balance", fmt::format(R"("account":"main","asset":"{}","total":"{}","held":"0","change":"{}",)"
                                    R"("reason":"{}")",
                                    asset, total, change, reason));
    }
    void tell_position(std::string_view quantity) {
        tell("position",
             fmt::format(R"("account":"main","instrument":"BTC/USD","quantity":"{}","entry":"100")",
                         quantity));
    }

    /// The usual day, on both sides.
    void usual(std::string_view state = "filled", std::string_view status = "filled") {
        believe_order(kOrder, state);
        tell("account", R"("account":"main","key":"K1")");
        tell_balance("USD", "10000", "10000", "deposit");
        tell_order(1, kOrder, "working");
        tell_order(1, kOrder, status);
    }
    void usual_fills() {
        tell_fill(11, 1, "0.5");
        tell_fill(12, 1, "1.5");
        tell_position("2");
        tell_balance("USD", "9800", "-200", "trade");
        tell_balance("USD", "9799.8", "-0.2", "fee");
        believe_fill("11", kOrder, "0.5");
        believe_fill("12", kOrder, "1.5");
    }

    std::filesystem::path write() {
        std::ofstream{root / "truth.jsonl", std::ios::binary} << truth;
        return root / "truth.jsonl";
    }
    std::string findings(const JudgedLimits& limits = {}) {
        const Result<Truth> read = read_truth(write());
        REQUIRE_MESSAGE(read.has_value(), read.error().message());
        const Result<Belief> belief = read_belief(root);
        REQUIRE_MESSAGE(belief.has_value(), belief.error().message());
        const Result<const TruthAccount*> account = find_account(*read, *belief);
        REQUIRE_MESSAGE(account.has_value(), account.error().message());
        std::string all;
        for (const Finding& each : judge(**account, *belief, limits))
            all += fmt::format("{} {}\n", to_string(each.kind), each.subject);
        return all;
    }

    static constexpr const char* kOrder = "pl-0000001a-1-1";
    std::filesystem::path root;
    std::optional<store::Database> database;
    std::string truth;
    int sequence = 0;
};

TEST_CASE("a workspace that agrees has no findings") {
    Case test;
    test.usual();
    test.usual_fills();
    test.believe_cash("9799.8");
    CHECK(test.findings({.positions_max = 1, .gross_exposure_max = Decimal{1}}).empty());
}

TEST_CASE("orders: lost, misjudged, unresolved, duplicated, untracked") {
    Case lost;
    lost.usual();
    lost.usual_fills();
    lost.believe_order("pl-0000001a-1-2", "working");
    lost.believe_order("pl-0000001a-1-3", "rejected");
    lost.believe_order("pl-0000001a-1-4", "unknown");  // never arrived: nothing to be said against it
    CHECK(lost.findings() == "order_lost pl-0000001a-1-2\n");

    for (const char* state : {"rejected", "canceled", "filled"}) {
        Case misjudged;
        misjudged.usual(state, "working");
        CHECK(misjudged.findings() == "order_misjudged pl-0000001a-1-1\n");
    }
    Case canceled;
    canceled.usual("canceled", "expired");
    CHECK(canceled.findings().empty());

    Case unresolved;
    unresolved.usual("unknown", "working");
    CHECK(unresolved.findings() == "order_unresolved pl-0000001a-1-1\n");

    Case twice;
    twice.usual("working", "working");
    twice.tell_order(2, Case::kOrder, "working");
    CHECK(twice.findings() == "order_duplicated pl-0000001a-1-1\n");

    Case replaced;
    replaced.usual("working", "replaced");
    replaced.tell_order(2, "another-id", "working", R"(,"replaces":1)");
    CHECK(replaced.findings().empty());

    Case refused_again;  // a second one that the venue recorded as refused is none
    refused_again.usual("rejected", "rejected");
    CHECK(refused_again.findings().empty());

    Case untracked;
    untracked.usual("working", "working");
    untracked.tell_order(7, "pl-0000001a-1-9", "working");
    untracked.tell_order(8, "pl-0000ffff-1-9", "working");  // of another install
    untracked.tell_order(9, "by-hand", "working", R"(,"by_hand":true)");
    CHECK(untracked.findings() == "order_untracked pl-0000001a-1-9\n");
}

TEST_CASE("fills: lost, duplicated, untracked, different, or told as sums") {
    Case lost;
    lost.usual();
    lost.usual_fills();
    lost.sql("DELETE FROM fills WHERE execution = '12'");
    CHECK(lost.findings() == "fill_lost 12\nposition_differs BTC/USD\ncash_differs USD\n");

    Case twice;
    twice.usual();
    twice.usual_fills();
    twice.believe_fill("12-again", Case::kOrder, "1.5");
    CHECK(twice.findings() == "fill_duplicated 12-again\nposition_differs BTC/USD\ncash_differs USD\n");

    Case untracked;
    untracked.usual();
    untracked.usual_fills();
    untracked.believe_fill("13", Case::kOrder, "0.25");
    CHECK(untracked.findings() == "fill_untracked 13\nposition_differs BTC/USD\ncash_differs USD\n");

    Case differs;
    differs.usual();
    differs.usual_fills();
    differs.sql("UPDATE fills SET price = '100.01' WHERE execution = '12'");
    CHECK(differs.findings() == "fill_differs 12\ncash_differs USD\n");

    Case by_trade;  // a venue that names executions by the trade
    by_trade.usual();
    by_trade.usual_fills();
    by_trade.sql("UPDATE fills SET execution = '1012' WHERE execution = '12'");
    CHECK(by_trade.findings().empty());

    Case sums;  // a venue that tells the whole only
    sums.usual();
    sums.usual_fills();
    sums.sql("DELETE FROM fills");
    sums.believe_fill("whole", Case::kOrder, "2", "0.2");
    CHECK(sums.findings().empty());
}

TEST_CASE("fees of an order, in quote and in base") {
    Case differs;
    differs.usual();
    differs.usual_fills();
    differs.sql("UPDATE fills SET fee = '0.1000001' WHERE execution = '12'");
    CHECK(differs.findings() == "fee_differs pl-0000001a-1-1\n");

    Case in_base;
    in_base.usual();
    in_base.tell_fill(11, 1, "2", "0.002", "BTC");
    in_base.tell_position("1.998");
    in_base.believe_fill("11", Case::kOrder, "2", "0.2");
    CHECK(in_base.findings().empty());
}

TEST_CASE("positions and cash, to the last unit") {
    Case external;
    external.usual();
    external.usual_fills();
    external.tell_fill(13, 99, "3");
    external.tell_position("5");
    CHECK(external.findings() == "position_untracked BTC/USD\n");

    Case cash;
    cash.usual();
    cash.usual_fills();
    cash.believe_cash("9799.800000000000000001");
    CHECK(cash.findings() == "cash_differs record\n");

    Case older;  // an equity row from before the last fill says nothing
    older.usual();
    older.usual_fills();
    older.believe_cash("10000", 1);
    CHECK(older.findings().empty());

    Case ledger;
    ledger.usual();
    ledger.usual_fills();
    ledger.tell_balance("USD", "9800", "0", "fee");
    ledger.tell_balance("USD", "9800", "150", "reserve");
    CHECK(ledger.findings() == "ledger_differs USD\n");
}

TEST_CASE("limits that the configuration names") {
    Case test;
    test.usual();
    test.usual_fills();
    CHECK(test.findings({.gross_exposure_max = *Decimal::parse("0.02")}).empty());
    CHECK(test.findings({.gross_exposure_max = *Decimal::parse("0.0199")}) ==
          "limit_gross pl-0000001a-1-1\n");
    test.believe_order("pl-0000001a-1-2", "filled", "Q");
    test.tell_order(2, "pl-0000001a-1-2", "filled");
    test.tell_fill(21, 2, "1");
    test.tell_position("3");
    test.believe_fill("21", "pl-0000001a-1-2", "1");
    test.tell_balance("USD", "9699.8", "-100", "trade");
    CHECK(test.findings({.positions_max = 2}).empty());
    CHECK(test.findings({.positions_max = 1}) == "limit_positions pl-0000001a-1-2\n");
}

TEST_CASE("truth logs that are cut, gappy, or none") {
    Case test;
    test.usual();
    const std::string whole = test.truth;
    const auto code = [&](const std::string& text) {
        test.truth = text;
        const Result<Truth> read = read_truth(test.write());
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().message().find("truth.jsonl") != std::string::npos);
        return read.error().code();
    };
    CHECK(code("") == Errc::truncated);
    CHECK(code(whole.substr(0, whole.size() - 1)) == Errc::truncated);
    CHECK(code(whole.substr(0, whole.size() / 2 + 5)) == Errc::truncated);
    CHECK(code(whole.substr(whole.find('\n') + 1)) == Errc::corrupt);
    CHECK(code("not json\n") == Errc::parse);
    CHECK(code("[1]\n") == Errc::parse);
    CHECK(code("{\"sequence\":\"1\"}\n") == Errc::parse);
    CHECK(code(R"({"sequence":1,"venue":"a","record":"fill"})"
               "\n") == Errc::parse);
    CHECK(read_truth(test.root / "none").error().code() == Errc::not_found);
    // Every cut of a good log is refused or, at a line's end, read.
    for (std::size_t size = 0; size < whole.size(); ++size) {
        test.truth = whole.substr(0, size);
        const bool is_whole_lines = size != 0 && whole[size - 1] == '\n';
        REQUIRE(read_truth(test.write()).has_value() == is_whole_lines);
    }
}

TEST_CASE("workspaces without a record, with another's, with a damaged one") {
    CHECK(read_belief("/nonexistent").error().code() == Errc::not_found);

    Case other;
    other.usual();
    other.sql("UPDATE meta SET venue = 'kraken'");
    const Result<Truth> truth = read_truth(other.write());
    CHECK(find_account(*truth, *read_belief(other.root)).error().code() == Errc::invalid_argument);

    Case newer;
    newer.sql("PRAGMA user_version = 2");
    CHECK(read_belief(newer.root).error().code() == Errc::newer_format);

    Case text;
    text.usual();
    text.sql("UPDATE meta SET capital = 'much'");
    CHECK(read_belief(text.root).error().code() == Errc::corrupt);

    Case no_table;
    no_table.sql(
        "DROP VIEW positions; DROP VIEW open_orders; DROP VIEW order_standing; DROP TABLE order_states; "
        "DROP TABLE orders");
    CHECK(read_belief(no_table.root).error().code() == Errc::corrupt);

    Case garbage;
    garbage.database.reset();
    std::ofstream{garbage.root / "state" / "trading_record.db", std::ios::binary} << std::string(5000, 'x');
    CHECK(read_belief(garbage.root).error().code() == Errc::corrupt);
}

}  // namespace
}  // namespace plumb::exchange
