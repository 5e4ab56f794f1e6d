#include "venues/alpaca/trading_frame.hpp"

namespace plumb::venues::alpaca {
namespace {

using wire::Control;
using wire::Ignored;
using wire::Refusal;
using wire::Refused;
using wire::WireEvent;

constexpr wire::KeyTable<2> kEnvelopeKeys{{"stream", "data"}};

namespace data_key {
enum Data : std::size_t {
    event,
    execution_id,
    price,
    qty,
    timestamp,
    at,
    order,
    status,
    action,
    message,
    error,
    streams,
    kCount
};
}  // namespace data_key
constexpr wire::KeyTable<data_key::kCount> kDataKeys{{"event", "execution_id", "price", "qty", "timestamp",
                                                      "at", "order", "status", "action", "message", "error",
                                                      "streams"}};

using DataReader = wire::MemberReader<data_key::kCount>;

}  // namespace

void TradingObject::read(wire::JsonFrame& frame, wire::JsonFrame::Object object, Directory& directory,
                         Timestamp received_at, wire::WireSink& sink) {
    has_data_ = has_order_ = has_streams_ = hears_updates_ = false;
    data_.clear();
    order_.clear();
    const bool good = frame.read(object, kEnvelopeKeys, envelope_,
                                 [&](std::size_t key, wire::JsonFrame::Value value) {
                                     return key != 1 || read_data(frame, value);
                                 }) &&
                      frame.at_end();
    if (!good) return sink.take(*frame.refused());
    wire::MemberReader<2> read{kEnvelopeKeys, envelope_, frame.begin(), wire::Decimals::quoted};
    const std::string_view stream = read.text(0);
    if (!read.ok()) return sink.take(read.refused());
    if (!has_data_) return sink.take(Refused{"expected an object", std::string_view{"data"}, 0});
    if (stream == "authorization") return sink.take(authorization(frame.begin()));
    if (stream == "trade_updates") return sink.take(update(frame.begin(), directory, received_at));
    if (stream != "listening") return sink.take(Ignored{"a stream we do not use"});
    if (!has_streams_) return sink.take(Refused{"a key is missing", std::string_view{"streams"}, 0});
    Control control{hears_updates_ ? Control::Kind::acknowledged : Control::Kind::refused,
                    hears_updates_ ? Refusal::none : Refusal::other,
                    wire::DataKind::orders,
                    {},
                    0,
                    {}};
    if (!hears_updates_)
        control.text = std::string_view{"trade_updates is not among the streams listened to"};
    sink.take(control);
}

bool TradingObject::read_data(wire::JsonFrame& frame, wire::JsonFrame::Value value) {
    wire::JsonFrame::Object object;
    if (has_data_) return frame.refuse("a key stands twice", "data", nullptr);
    if (value.get_object().get(object) != simdjson::SUCCESS)
        return frame.refuse("expected an object", "data", nullptr);
    has_data_ = true;
    return frame.read(object, kDataKeys, data_, [&](std::size_t key, wire::JsonFrame::Value nested) {
        if (key == data_key::streams) return read_streams(frame, nested);
        if (key != data_key::order) return true;
        wire::JsonFrame::Object order;
        if (has_order_) return frame.refuse("a key stands twice", "order", nullptr);
        if (nested.get_object().get(order) != simdjson::SUCCESS)
            return frame.refuse("expected an object", "order", nullptr);
        has_order_ = true;
        const auto nothing = [](std::size_t, wire::JsonFrame::Value) { return true; };  // legs
        return frame.read(order, kOrderKeys, order_, nothing);
    });
}

bool TradingObject::read_streams(wire::JsonFrame& frame, wire::JsonFrame::Value value) {
    wire::JsonFrame::Array list;
    if (value.get_array().get(list) != simdjson::SUCCESS)
        return frame.refuse("expected a list of streams", "streams", nullptr);
    has_streams_ = true;
    for (auto element : list) {
        wire::JsonFrame::Value item;
        if (const auto error = element.get(item); error != simdjson::SUCCESS) return frame.refuse(error);
        hears_updates_ = hears_updates_ || wire::text_of(item.raw_json_token()) == "trade_updates";
    }
    return true;
}

WireEvent TradingObject::authorization(const char* frame) const {
    DataReader read{kDataKeys, data_, frame, wire::Decimals::quoted};
    const std::string_view status = read.text(data_key::status);
    if (read.ok() && status != "authorized" && status != "unauthorized")
        read.refuse("expected authorized or unauthorized", data_key::status);
    if (!read.ok()) return read.refused();
    Control control;
    control.kind = status == "authorized" ? Control::Kind::authenticated : Control::Kind::refused;
    if (status == "authorized") return control;
    control.refusal = Refusal::unauthorized;
    control.data = wire::DataKind::orders;
    std::string_view words = "not authorized";
    if (read.says(data_key::message)) words = wire::text_of(data_.token(data_key::message)).value_or(words);
    control.text = words.substr(0, 96);
    return control;
}

WireEvent TradingObject::update(const char* frame, Directory& directory, Timestamp received_at) {
    DataReader read{kDataKeys, data_, frame, wire::Decimals::either};
    const std::string_view event = read.text(data_key::event);
    if (!read.ok()) return read.refused();
    if (!has_order_) return Refused{"a key is missing", std::string_view{"order"}, 0};
    wire::OrderUpdate out;
    Refused refused;
    if (!read_order(order_, frame, directory, received_at, out, refused)) return refused;
    if (read.says(data_key::timestamp))
        out.venue_time = read.time(data_key::timestamp);
    else if (read.says(data_key::at))
        out.venue_time = read.time(data_key::at);
    if (event == "fill" || event == "partial_fill") {
        wire::VenueFill fill;
        fill.execution = read.fixed<40>(data_key::execution_id);
        if (read.ok() && fill.execution.empty())
            read.refuse("expected the id of the execution", data_key::execution_id);
        fill.price = read.price(data_key::price);
        fill.quantity = read.quantity(data_key::qty);
        fill.fee_asset = fee_asset_of(out, directory);
        out.fill = fill;
    }
    if (event == "order_replace_rejected") out.reason = std::string_view{"the venue refused to replace it"};
    if (event == "order_cancel_rejected") out.reason = std::string_view{"the venue refused to cancel it"};
    if (out.venue_time == Timestamp{}) read.refuse("a key is missing", data_key::timestamp);
    if (!read.ok()) return read.refused();
    return out;
}

}  // namespace plumb::venues::alpaca
