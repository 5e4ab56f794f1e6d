#pragma once

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "app/testing/binance_stream.hpp"
#include "io/testing/peer_connection.hpp"
#include "io/testing/scripted_peer.hpp"

namespace plumb::app::testing {

/// A server that says what Binance's documents say: clock, list, candles, account, and live prices on
/// /stream. What a test sets it says instead. Candles are of minutes or hours; hours in `missing` have none.
class BinancePeer {
 public:
    using Request = io::testing::PeerRequest;

    BinancePeer() {
        peer_.on_every_connect(
            io::testing::Script{}.step([this](io::testing::PeerConnection& each) { return serve(each); }));
    }

    std::string address() const { return fmt::format("https://127.0.0.1:{}", peer_.endpoint().port); }
    /// The flags that send a command here.
    std::vector<std::string> with(std::vector<std::string> words) const {
        words.insert(words.end(), {"--venue-address", address(), "--ca-file",
                                   io::testing::test_ca_file().string(), "--network-patience", "1.5"});
        return words;
    }

    /// What is said to a path, instead of the truth: status and body, more headers.
    struct Said {
        int status = 200;
        std::string body, headers;
    };
    void say(const std::string& path, Said said) {
        const std::lock_guard lock{mutex_};
        said_[path] = std::move(said);
    }
    void say_all(Said said) { say("", std::move(said)); }
    std::size_t requests() const { return peer_.requests().size(); }
    std::size_t requests_of(std::string_view path) const {
        std::size_t count = 0;
        for (const Request& each : peer_.requests()) count += each.target.starts_with(path) ? 1 : 0;
        return count;
    }
    io::testing::ScriptedPeer& peer() { return peer_; }

    BinanceStream stream;
    std::set<std::int64_t> missing;  // hours since 1970
    std::string symbol_status = "TRADING";
    std::int64_t clock_ahead_ms = 0;
    bool may_withdraw = false;

    static std::int64_t now_ms() {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }

 private:
    bool serve(io::testing::PeerConnection& each) {
        while (each.read_request()) {
            if (each.last_request().target == "/stream") return stream.serve(each);
            if (!each.write(answer(each.last_request()))) return false;
        }
        return false;
    }

    std::string answer(const Request& request) {
        const std::string path = request.target.substr(0, request.target.find('?'));
        {
            const std::lock_guard lock{mutex_};
            auto said = said_.find(path);
            if (said == said_.end()) said = said_.find("");
            if (said != said_.end())
                return io::testing::http_answer(said->second.status, said->second.body, said->second.headers);
        }
        return io::testing::http_answer(200, body(path, request.target));
    }

    std::string body(const std::string& path, const std::string& target) const {
        if (path.ends_with("/time")) return fmt::format(R"({{"serverTime":{}}})", now_ms() + clock_ahead_ms);
        if (path.ends_with("/exchangeInfo")) {
            return fmt::format(R"({{"timezone":"UTC","symbols":[{},{}]}})", symbol("BTC"), symbol("ETH"));
        }
        if (path.ends_with("/klines")) return candles(target);
        if (path.ends_with("/apiRestrictions")) {
            return fmt::format(
                R"({{"ipRestrict":true,"createTime":1698645219000,"enableReading":true,"enableWithdrawals":{},)"
                R"("enableInternalTransfer":false,"enableMargin":false,"enableFutures":true,)"
                R"("permitsUniversalTransfer":false,"enableVanillaOptions":false,)"
                R"("enableSpotAndMarginTrading":true,"enablePortfolioMarginTrading":false}})",
                may_withdraw);
        }
        if (path.ends_with("/account")) {
            return R"({"makerCommission":15,"takerCommission":15,"canTrade":true,"canWithdraw":false,)"
                   R"("canDeposit":true,"updateTime":123456789,"accountType":"SPOT",)"
                   R"("balances":[{"asset":"BTC","free":"4723846.89208129","locked":"0.00000000"},)"
                   R"({"asset":"USDT","free":"100.5","locked":"20"}],"permissions":["SPOT"],"uid":354937868})";
        }
        if (path.ends_with("/openOrders")) return "[]";
        return R"({"code":-1,"msg":"the test server has no such path"})";
    }

    std::string symbol(std::string_view base) const {
        return fmt::format(
            R"({{"symbol":"{0}USDT","status":"{1}","baseAsset":"{0}","baseAssetPrecision":8,"quoteAsset":"USDT",)"
            R"("quotePrecision":8,"orderTypes":["LIMIT","MARKET"],"isSpotTradingAllowed":true,"filters":[)"
            R"({{"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000000.00","tickSize":"0.01"}},)"
            R"({{"filterType":"LOT_SIZE","minQty":"0.00001","maxQty":"9000","stepSize":"0.00001"}},)"
            R"({{"filterType":"NOTIONAL","minNotional":"5","applyMinToMarket":true,"maxNotional":"9000000",)"
            R"("applyMaxToMarket":false,"avgPriceMins":5}}]}})",
            base, symbol_status);
    }

    static std::int64_t parameter(const std::string& target, std::string_view name) {
        const std::size_t at = target.find(fmt::format("{}=", name));
        return at == std::string::npos ? 0 : std::stoll(target.substr(at + name.size() + 1));
    }

    /// Bars that open in [startTime, endTime], at most `limit`, the one in hand among them. A minute is worth
    /// 100 at both coins, give or take one, so that their difference has a deviation of about one.
    std::string candles(const std::string& target) const {
        const bool minutes = target.find("interval=1m") != std::string::npos;
        const std::int64_t length = minutes ? 60'000 : 3'600'000;
        const bool is_eth = target.find("symbol=ETHUSDT") != std::string::npos;
        const std::int64_t from = parameter(target, "startTime"), to = parameter(target, "endTime");
        std::int64_t left = parameter(target, "limit");
        std::string rows;
        for (std::int64_t bar = (from + length - 1) / length; bar * length <= to && left > 0; ++bar) {
            if (bar * length > now_ms()) break;
            if (!minutes && missing.contains(bar)) continue;
            --left;
            const std::int64_t price = minutes ? 100 + (is_eth ? 0 : bar % 3 - 1) : 100 + bar % 17;
            rows +=
                fmt::format(R"({}[{},"{}.0","{}.5","{}.0","{}.1","12.5",{},"1250.0",7,"6.0","600.0","0"])",
                            rows.empty() ? "" : ",", bar * length, price, price + 1, price - 1, price,
                            (bar + 1) * length - 1);
        }
        return "[" + rows + "]";
    }

    mutable std::mutex mutex_;
    std::map<std::string, Said> said_;
    io::testing::ScriptedPeer peer_;  // last: its threads use the rest
};

}  // namespace plumb::app::testing
