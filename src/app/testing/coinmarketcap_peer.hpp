#pragma once

#include <fmt/format.h>

#include <atomic>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "io/testing/scripted_peer.hpp"

namespace plumb::app::testing {

/// A server that says what CoinMarketCap's documents say of a small plan: its credits, its coins (two of one
/// name), and latest quotes. Each question for quotes finds prices a minute later and 1 higher, whether it is
/// answered or not.
class CoinMarketCapPeer {
 public:
    using Request = io::testing::PeerRequest;

    CoinMarketCapPeer() {
        peer_.on_every_connect(
            io::testing::Script{}.serve([this](const Request& request) { return answer(request); }));
    }

    io::Endpoint endpoint() const { return peer_.endpoint(); }
    std::vector<std::string> with(std::vector<std::string> words) const {
        words.insert(words.end(),
                     {"--venue-address", fmt::format("https://127.0.0.1:{}", endpoint().port), "--ca-file",
                      io::testing::test_ca_file().string(), "--network-patience", "1.5"});
        return words;
    }
    int polls() const { return polls_; }
    /// Of the poll of this number.
    Timestamp priced_at(int poll) const { return first_ + poll * Duration{std::chrono::minutes{1}}; }

    std::atomic<bool> is_failing = false;  // questions for quotes
    std::atomic<bool> refuses_key = false;
    int credits_left = 9'000;

 private:
    static std::string status(int code) {
        return fmt::format(R"("status":{{"timestamp":"2026-03-05T22:43:48.471Z","error_code":{},)"
                           R"("error_message":{},"elapsed":10,"credit_count":1}})",
                           code, code == 0 ? "null" : "\"This API Key is invalid.\"");
    }

    std::string answer(const Request& request) {
        using io::testing::http_answer;
        if (refuses_key) return http_answer(401, "{" + status(1001) + "}");
        if (request.target.starts_with("/v1/key/info")) {
            return http_answer(
                200,
                fmt::format(R"({{"data":{{"plan":{{"credit_limit_monthly":10000,"rate_limit_minute":30}},)"
                            R"("usage":{{"current_month":{{"credits_used":1,"credits_left":{}}}}}}},{}}})",
                            credits_left, status(0)));
        }
        if (request.target.starts_with("/v1/cryptocurrency/map")) {
            return http_answer(200, R"({"data":[{"id":1,"symbol":"BTC"},{"id":1027,"symbol":"ETH"},)"
                                    R"({"id":31469,"symbol":"BTC"}],)" +
                                        status(0) + "}");
        }
        const int poll = polls_++;
        if (is_failing) return http_answer(500, "<html>maintenance</html>");
        const std::string at = to_iso(priced_at(poll)).substr(0, 23) + "Z";
        const auto coin = [&](int id, std::string_view symbol, int price) {
            return fmt::format(R"({{"id":{},"symbol":"{}","quote":[{{"id":2781,"symbol":"USD","price":{},)"
                               R"("last_updated":"{}"}}]}})",
                               id, symbol, price, at);
        };
        return http_answer(200, fmt::format(R"({{{},"data":[{},{}]}})", status(0),
                                            coin(1, "BTC", 60'000 + poll), coin(1027, "ETH", 3'000 + poll)));
    }

    const Timestamp first_{std::chrono::floor<std::chrono::minutes>(std::chrono::system_clock::now()) -
                           std::chrono::minutes{8}};
    std::atomic<int> polls_ = 0;
    io::testing::ScriptedPeer peer_;  // last: its threads use the rest
};

}  // namespace plumb::app::testing
