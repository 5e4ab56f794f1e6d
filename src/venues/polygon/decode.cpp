#include "venues/polygon/decode.hpp"

#include <algorithm>

#include "venues/polygon/messages.hpp"
#include "wire/json_frame.hpp"
#include "wire/json_walk.hpp"

namespace plumb::venues::polygon {

using wire::Ignored;
using wire::JsonFrame;
using wire::Refused;
using wire::WireEvent;

class Decoder::Reading {
 public:
    explicit Reading(wire::SymbolMap& symbols) : symbols_{symbols} {}

    void decode(std::string_view bytes, Timestamp received_at, wire::WireSink& sink);
    void set_quick(bool on) { walk_.set_on(on); }

 private:
    bool read_quickly(std::string_view bytes, Timestamp received_at);
    bool walk_conditions();
    bool read_frame(std::string_view bytes, Timestamp received_at);
    bool read_element(JsonFrame::Value value, Timestamp received_at);
    bool read_conditions(JsonFrame::Value value);
    void take_condition(std::string_view token);
    WireEvent event_of(const char* begin, Timestamp received_at);

    wire::SymbolMap& symbols_;
    JsonFrame frame_{kFrameBytesMax};
    wire::JsonWalk walk_;
    wire::Members members_;
    TakerSide side_ = TakerSide::not_told;
    std::vector<WireEvent> events_;
};

Decoder::Decoder(wire::SymbolMap& symbols) : reading_{std::make_unique<Reading>(symbols)} {}
Decoder::~Decoder() = default;

void Decoder::decode(std::string_view frame, Timestamp received_at, wire::WireSink& sink) {
    reading_->decode(frame, received_at, sink);
}
void Decoder::set_quick(bool on) { reading_->set_quick(on); }

void Decoder::Reading::decode(std::string_view bytes, Timestamp received_at, wire::WireSink& sink) {
    events_.clear();
    if (read_quickly(bytes, received_at)) {
        for (const WireEvent& event : events_) sink.take(event);
        return;
    }
    events_.clear();
    // A list that is not sound to its end gives nothing: what was read of it may be half of something.
    if (!read_frame(bytes, received_at)) return sink.take(*frame_.refused());
    for (const WireEvent& event : events_) sink.take(event);
}

bool Decoder::Reading::read_quickly(std::string_view bytes, Timestamp received_at) {
    if (!walk_.start(bytes)) return false;
    const auto nested = [this](std::size_t which) {
        return which == key::c ? walk_conditions() : walk_.skip();
    };
    const bool good = walk_.array([&] {
        side_ = TakerSide::not_told;
        if (!walk_.read(kKeys, members_, nested)) return false;
        events_.push_back(event_of(walk_.begin(), received_at));
        return true;
    });
    return good && walk_.at_end() && !events_.empty();
}

bool Decoder::Reading::walk_conditions() {
    return walk_.array([this] {
        std::string_view token;
        if (!walk_.scalar(token)) return false;
        take_condition(token);
        return true;
    });
}

bool Decoder::Reading::read_frame(std::string_view bytes, Timestamp received_at) {
    if (!frame_.start(bytes)) return false;
    JsonFrame::Array array;
    if (const auto error = frame_.document().get_array().get(array); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    for (auto element : array) {
        JsonFrame::Value value;
        if (const auto error = std::move(element).get(value); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        if (!read_element(value, received_at)) return false;
    }
    if (events_.empty()) events_.emplace_back(Ignored{"an empty list"});
    return frame_.at_end();
}

bool Decoder::Reading::read_element(JsonFrame::Value value, Timestamp received_at) {
    side_ = TakerSide::not_told;
    const std::string_view token = value.raw_json_token();
    if (token.front() != '{') {
        events_.emplace_back(
            Refused{"expected an object", {}, static_cast<std::size_t>(token.data() - frame_.begin())});
        return true;
    }
    JsonFrame::Object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
        return frame_.refuse(error);
    const auto nested = [this](std::size_t which, JsonFrame::Value inner) {
        return which != key::c || read_conditions(inner);
    };
    if (!frame_.read(object, kKeys, members_, nested)) return false;
    events_.push_back(event_of(frame_.begin(), received_at));
    return true;
}

/// The conditions of a trade. Those of a coin tell the taker's side: 1 sold, 2 bought.
bool Decoder::Reading::read_conditions(JsonFrame::Value value) {
    JsonFrame::Array array;
    if (value.get_array().get(array) != simdjson::SUCCESS)
        return true;  // an object where a list belongs: none
    for (auto element : array) {
        JsonFrame::Value one;
        if (const auto error = std::move(element).get(one); error != simdjson::SUCCESS)
            return frame_.refuse(error);
        take_condition(one.raw_json_token());
    }
    return true;
}

void Decoder::Reading::take_condition(std::string_view token) {
    const std::optional<std::uint64_t> condition = wire::number_of(token);
    if (condition == 1) side_ = TakerSide::sell;
    if (condition == 2) side_ = TakerSide::buy;
}

WireEvent Decoder::Reading::event_of(const char* begin, Timestamp received_at) {
    Reader read{kKeys, members_, begin, wire::Decimals::bare};
    const std::string_view ev = read.text(key::ev);
    if (!read.ok()) return read.refused();
    if (ev == "status") return read_status(read, symbols_);
    const bool coin = ev == "XT" || ev == "XQ" || ev == "XA" || ev == "XAS";
    if (!coin && ev != "T" && ev != "Q" && ev != "A" && ev != "AM")
        return Ignored{"a kind of message that is not followed"};
    const std::string_view symbol = read.text(coin ? key::pair : key::sym);
    if (!read.ok()) return read.refused();
    const std::optional<InstrumentId> instrument = symbols_.find(symbol);
    if (!instrument) return Ignored{"a symbol that is not followed"};
    const Market market = coin ? Market::crypto : Market::stocks;
    if (ev == "T" || ev == "XT")
        return read_trade(read, market, coin ? side_ : TakerSide::not_told, *instrument, received_at);
    if (ev == "Q" || ev == "XQ") return read_quote(read, market, *instrument, received_at);
    return read_aggregate(read, *instrument, received_at);
}

}  // namespace plumb::venues::polygon
