#include <doctest/doctest.h>

#include "io/file.hpp"
#include "store/live_trades_file.hpp"
#include "store/pairs_file.hpp"
#include "store/portfolio_state_file.hpp"
#include "store/positions_file.hpp"
#include "store/python_time.hpp"
#include "store/strategies_file.hpp"
#include "store/strategy_config_file.hpp"

using namespace plumb;

namespace {

std::string bytes_of(const char* name) {
    const auto bytes = io::read_file(std::filesystem::path{PLUMB_TESTDATA} / "store" / name);
    REQUIRE_MESSAGE(bytes.has_value(), bytes.error().message());
    return *bytes;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    REQUIRE(text.find(from) != std::string::npos);
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace

// The files are written by Python's json, NumPy and pandas (testdata/store/make_fixtures.py).
TEST_CASE("state files: what Python wrote is read and written back byte for byte") {
    CHECK(store::write_positions(
              store::read_positions(bytes_of("mean_reversion/positions.old.json"))->positions) ==
          bytes_of("mean_reversion/positions.old.json"));
    CHECK(
        store::write_positions(store::read_positions(bytes_of("mean_reversion/positions.json"))->positions) ==
        bytes_of("mean_reversion/positions.json"));
    CHECK(store::write_trades_history(
              store::read_trades_history(bytes_of("mean_reversion/trades_history.json"))->trades) ==
          bytes_of("mean_reversion/trades_history.json"));
    const std::string results = bytes_of("mean_reversion/cointegration_results_20250101_000000.json");
    CHECK(store::write_pairs(store::read_pairs(results).value()) == results);
    const std::string csv = bytes_of("mean_reversion/cointegrated_pairs.csv");
    CHECK(store::write_pairs_csv(store::read_pairs_csv(csv).value()) == csv);
    const std::string config = bytes_of("mean_reversion/config.json");
    CHECK(store::write_strategy_config(store::read_strategy_config(config).value()) == config);
    const std::string trades = bytes_of("ensemble/live_trades.csv");
    CHECK(store::write_live_trades(store::read_live_trades(trades).value()) == trades);
    const std::string state = bytes_of("ensemble/portfolio_state.json");
    CHECK(store::write_portfolio_state(store::read_portfolio_state(state).value()) == state);
    const std::string recent = bytes_of("ensemble/recent_signals.json");
    CHECK(store::write_recent_signals(store::read_recent_signals(recent).value()) == recent);
}

TEST_CASE("positions: both formats, values in their places") {
    const auto old = store::read_positions(bytes_of("mean_reversion/positions.old.json"));
    REQUIRE(old->positions.size() == 1);
    CHECK(old->positions[0].key() == "AAAUSDT-BBBUSDT");
    CHECK(old->positions[0].symbol2_qty == -0.75);
    CHECK(old->positions[0].entry_time == "2025-08-20T16:14:01.839936");
    CHECK_FALSE(old->positions[0].executed.has_value());
    const auto now = store::read_positions(bytes_of("mean_reversion/positions.json"));
    REQUIRE(now->positions.size() == 2);
    CHECK(now->positions[0].executed->leg1.size == 10.0);
    CHECK(now->positions[0].executed->leg2.side == "sell");
    CHECK(now->positions[1].side == "short");
    CHECK(now->positions[1].symbol1_qty == -1e-05);
    CHECK_FALSE(now->positions[1].executed->leg2.price.has_value());
    CHECK(store::read_positions("{}")->positions.empty());
    CHECK(store::write_positions({}) == "{}");
}

TEST_CASE(
    "positions: an unknown key is told and never written, since that program would drop every position") {
    const auto file = store::read_positions(replaced(bytes_of("mean_reversion/positions.old.json"),
                                                     "\"status\"", "\"plumbline_note\": 1, \"status\""));
    REQUIRE(file.has_value());
    REQUIRE(file->notes.size() == 1);
    CHECK(file->notes[0].find("plumbline_note") != std::string::npos);
    CHECK(store::write_positions(file->positions) == bytes_of("mean_reversion/positions.old.json"));
}

TEST_CASE("positions: what does not fit names the pair and the key") {
    const std::string good = bytes_of("mean_reversion/positions.old.json");
    const auto error = [&](std::string_view from, std::string_view to) {
        const auto file = store::read_positions(replaced(good, from, to));
        REQUIRE_FALSE(file.has_value());
        CHECK(file.error().message().starts_with("AAAUSDT-BBBUSDT: "));
        return file.error().code();
    };
    CHECK(error("\"side\": \"long\"", "\"side\": \"flat\"") == Errc::parse);
    CHECK(error("\"hedge_ratio\"", "\"hedge\"") == Errc::missing_column);
    CHECK(error("-0.75", "NaN") == Errc::not_finite);
    CHECK(error("-0.75", "\"-0.75\"") == Errc::parse);
    CHECK(store::read_positions("[]").error().code() == Errc::parse);
    CHECK(store::read_positions("{\"a\": 1}").error().code() == Errc::parse);
}

TEST_CASE("pairs: later files' keys are kept, NaN is none") {
    const std::string text = bytes_of("mean_reversion/cointegrated_pairs.later.json");
    const auto file = store::read_pairs(text);
    REQUIRE_MESSAGE(file.has_value(), file.error().message());
    CHECK(file->pairs[0].extra == R"({"intercept":1.25,"use_log_prices":false,"r_squared":0.87})");
    CHECK_FALSE(file->pairs[0].spread->skewness.has_value());
    CHECK(file->pairs[0].spread->extra == R"({"half_life_ou":9.5})");
    CHECK_FALSE(file->all_results.has_value());
    const std::string written = store::write_pairs(*file);
    CHECK(written.find("NaN") == std::string::npos);
    CHECK(store::read_pairs(written).value() == *file);
}

TEST_CASE("pairs: JSON and CSV of one scan hold the same pairs") {
    const auto json =
        store::read_pairs(bytes_of("mean_reversion/cointegration_results_20250101_000000.json")).value();
    const auto csv = store::read_pairs_csv(bytes_of("mean_reversion/cointegrated_pairs.csv")).value();
    REQUIRE(json.pairs.size() == 3);
    REQUIRE(csv.pairs.size() == 3);
    CHECK(json.all_results->size() == 5);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(csv.pairs[i].hedge_ratio == json.pairs[i].hedge_ratio);
        CHECK(csv.pairs[i].p_value == json.pairs[i].p_value);
        CHECK(csv.pairs[i].spread == json.pairs[i].spread);
        CHECK(csv.pairs[i].critical_values[2] ==
              doctest::Approx(json.pairs[i].critical_values[2]).epsilon(1e-8));
    }
    CHECK_FALSE(csv.pairs[1].spread->half_life.has_value());
}

TEST_CASE("pairs: what does not fit is refused by kind") {
    const std::string csv = bytes_of("mean_reversion/cointegrated_pairs.csv");
    CHECK(store::read_pairs_csv(replaced(csv, "hedge_ratio", "ratio")).error().code() ==
          Errc::missing_column);
    CHECK(store::read_pairs_csv(replaced(csv, "\nTrue", "\nyes")).error().code() == Errc::parse);
    CHECK(store::read_pairs_csv(replaced(csv, ",1731,", ",many,")).error().code() == Errc::parse);
    CHECK(store::read_pairs_csv(replaced(csv, "[-3.9025", "-3.9025")).error().code() == Errc::parse);
    CHECK(store::read_pairs_csv("").error().code() == Errc::empty);
    CHECK(store::read_pairs("{\"metadata\": {}}").error().code() == Errc::missing_column);
    const std::string json = bytes_of("mean_reversion/cointegration_results_20250101_000000.json");
    CHECK(store::read_pairs(replaced(json, "\"hedge_ratio\": ", "\"hedge_ratio\": NaN, \"was\": "))
              .error()
              .code() == Errc::not_finite);
    CHECK(store::read_pairs(json.substr(0, json.size() / 2)).error().code() == Errc::truncated);
}

TEST_CASE("config: values reach our settings, contradictions are refused") {
    const std::string text = bytes_of("mean_reversion/config.json");
    const auto config = store::read_strategy_config(text);
    REQUIRE(config.has_value());
    CHECK(config->entry_threshold == 1.5);
    CHECK(config->sandbox == true);
    std::string all;
    for (const store::Setting& setting : store::settings_of(*config))
        all += setting.flag + '=' + setting.value + ' ';
    CHECK(
        all ==
        "capital=25000 risk-per-trade=0.015 max-positions=4 granularity=4h lookback-bars=90 entry-zscore=1.5 "
        "exit-zscore=0.25 stop-zscore=4 max-pairs=8 ");
    CHECK(store::read_strategy_config(replaced(text, "\"exit_threshold\": 0.25", "\"exit_threshold\": 1.5"))
              .error()
              .code() == Errc::out_of_range);
    CHECK(store::read_strategy_config(
              replaced(text, "\"stop_loss_threshold\": 4.0", "\"stop_loss_threshold\": 1.5"))
              .error()
              .code() == Errc::out_of_range);
    CHECK(store::read_strategy_config(replaced(text, "0.015", "\"0.015\"")).error().code() == Errc::parse);
    const auto more =
        store::read_strategy_config(replaced(text, "\"sandbox\"", "\"leverage\": 5, \"sandbox\"")).value();
    CHECK(more.unknown_keys == std::vector<std::string>{"trading.leverage"});
    CHECK(store::write_strategy_config(more).find("\"leverage\": 5") != std::string::npos);
}

TEST_CASE("live trades: columns by name, text where a number belongs is refused") {
    const std::string csv = bytes_of("ensemble/live_trades.csv");
    CHECK(csv.starts_with(store::kLiveTradesHeader));
    const auto trades = store::read_live_trades(csv).value();
    REQUIRE(trades.size() == 2);
    CHECK(trades[0].reason == "New York session, open");
    CHECK(trades[1].cumulative_pnl == 66.08);
    CHECK(store::read_live_trades(replaced(csv, "trade_id,", "")).error().code() == Errc::missing_column);
    CHECK(store::read_live_trades(replaced(csv, "121000.5", "much")).error().code() == Errc::parse);
    CHECK(store::read_live_trades(replaced(csv, "121000.5", "")).error().code() == Errc::not_finite);
    CHECK(store::read_live_trades(replaced(csv, ",BUY\n", ",HOLD\n")).error().code() == Errc::parse);
    CHECK(store::read_live_trades(replaced(csv, ",BUY\n", ",BUY,1\n")).error().code() == Errc::parse);
    CHECK(store::read_live_trades(std::string{store::kLiveTradesHeader} + "\n")->empty());
}

TEST_CASE("live trades: text with commas, quotes and line ends survives") {
    store::LiveTrade trade;
    trade.price = 1;
    trade.action = trade.signal_type = "BUY";
    trade.reason = "a \"quoted\", long\nreason";
    CHECK(store::read_live_trades(store::write_live_trades({trade})).value() == std::vector{trade});
}

TEST_CASE("portfolio state: missing keys take that program's defaults and are named") {
    const auto empty = store::read_portfolio_state("{}").value();
    CHECK(empty.cash_balance == 100000);
    CHECK(empty.defaulted.size() == 5);
    const auto state = store::read_portfolio_state(bytes_of("ensemble/portfolio_state.json")).value();
    CHECK(state.holdings[1] == store::PortfolioState::Holding{"ETH", 1.5, 4500.0});
    CHECK(state.defaulted.empty());
    CHECK(state.extra.empty());
    CHECK(store::read_portfolio_state(R"({"current_positions": {"BTC": "1"}})").error().code() ==
          Errc::parse);
    CHECK(store::read_portfolio_state(R"({"cash_balance": NaN})").error().code() == Errc::not_finite);
}

TEST_CASE("strategies: lines, comments, and what is refused with its line") {
    const auto lines = store::read_strategies(bytes_of("strategies.txt")).value();
    REQUIRE(lines.size() == 3);
    CHECK(lines[1].strategy_id == "sma_msft");
    CHECK(lines[1].allocation.to_string() == "0.35");
    CHECK(lines[2].symbol.empty());
    CHECK(store::allocations_are_whole(lines));
    CHECK(store::read_strategies(store::write_strategies(lines)).value() == lines);
    CHECK(store::read_strategies("a.py,one\n").error().message().starts_with("line 1: "));
    CHECK(store::read_strategies("a.py,one,0.5\nb.py,one,0.5\n").error().code() == Errc::duplicate);
    CHECK(store::read_strategies("a.py,one,half\n").error().code() == Errc::parse);
    CHECK(store::read_strategies("a.py,one,1.5\n").error().code() == Errc::out_of_range);
    CHECK(store::read_strategies("a.py,one,0\n").error().code() == Errc::out_of_range);
    CHECK(store::read_strategies("# nothing\n").error().code() == Errc::empty);
    CHECK_FALSE(store::allocations_are_whole(store::read_strategies("a.py,one,0.98\n").value()));
    CHECK(store::allocations_are_whole(store::read_strategies("a.py,one,0.99\n").value()));
}

TEST_CASE("python time: as isoformat writes it") {
    const auto text = [](const char* time) { return store::to_python_iso(parse_timestamp(time).value()); };
    CHECK(text("2026-01-08T20:22:32.595865Z") == "2026-01-08T20:22:32.595865+00:00");
    CHECK(text("2026-01-08T20:22:32.000005999Z") == "2026-01-08T20:22:32.000005+00:00");
    CHECK(text("2026-01-08") == "2026-01-08T00:00:00+00:00");
    CHECK(store::has_utc_offset("2026-01-08T20:22:32+00:00"));
    CHECK(store::has_utc_offset("2026-01-08T20:22:32Z"));
    CHECK(store::has_utc_offset("2026-01-08T20:22:32-05:00"));
    CHECK_FALSE(store::has_utc_offset("2026-01-08T20:22:32.123456"));
    CHECK_FALSE(store::has_utc_offset("2026-01-08"));
}
