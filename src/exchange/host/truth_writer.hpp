#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "base/time.hpp"
#include "exchange/host/truth_log.hpp"
#include "exchange/model_event.hpp"
#include "exchange/protocol/api_access.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange {

/// Writes one venue's records. A record is begun, filled and ended; amounts are exact decimals as text.
class TruthWriter {
 public:
    TruthWriter(TruthLog& log, std::string_view venue) : log_{log}, venue_{venue} {}

    TruthWriter& begin(std::string_view record, Timestamp at);
    TruthWriter& text(std::string_view key, std::string_view value);
    TruthWriter& amount(std::string_view key, Decimal value);
    TruthWriter& flag(std::string_view key, bool value);
    TruthWriter& json(std::string_view key, std::string_view value);  // as it stands
    template <std::integral Number>
    TruthWriter& number(std::string_view key, Number value) {
        return json(key, std::to_string(value));
    }
    void end();

    /// Everything that happened to accounts other than the house, and the states of markets.
    void model_events(std::span<const ModelEvent> events, const VenueModel& model);

 private:
    void order(const OrderHappened& happened, Timestamp at, const VenueModel& model);
    void fill(const OrderHappened& happened, Timestamp at, const VenueModel& model);
    void key(std::string_view name);

    TruthLog& log_;
    std::string venue_;
    std::string line_;
};

/// A JSON text with its quotes, ASCII only; bytes that are no UTF-8 are written as their Latin-1 letters.
void append_json_text(std::string& out, std::string_view text);

std::string_view to_string(BalanceReason reason);
std::string_view to_string(TradingStatus status);

}  // namespace plumb::exchange
