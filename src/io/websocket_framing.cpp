#include "io/websocket_framing.hpp"

#include <algorithm>
#include <cstring>

namespace plumb::io {
namespace {

constexpr std::size_t kControlBytesMax = 125;

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

bool is_control(Opcode opcode) { return (static_cast<unsigned>(opcode) & 8U) != 0; }

bool is_known(unsigned opcode) { return opcode <= 2 || (8 <= opcode && opcode <= 10); }

}  // namespace

WebSocketReader::WebSocketReader(Limits limits, std::optional<Deflate> deflate, Sender sender)
    : limits_{limits}, deflate_{deflate}, sender_{sender} {
    if (deflate_) {
        inflater_.emplace(Inflater::Format::raw, InflateLimits{.bytes_max = limits.message_bytes_max,
                                                               .ratio_max = limits.inflate_ratio_max});
    }
}

void WebSocketReader::feed(std::string_view chunk) {
    input_is_pending_ = !pending_.empty();
    if (input_is_pending_) pending_.append(chunk);
    input_ = input_is_pending_ ? pending_.view() : chunk;
}

WebSocketReader::Step WebSocketReader::next(Event& event) {
    for (;;) {
        if (error_) return Step::failed;
        const std::optional<Head> head = read_head();
        if (error_) return Step::failed;
        if (!head || input_.size() - head->head_bytes < head->payload_bytes) return wait();
        const std::string_view payload = input_.substr(head->head_bytes, head->payload_bytes);
        input_.remove_prefix(head->head_bytes + head->payload_bytes);
        const Step step = give(event, *head, sender_ == Sender::client ? unmask(*head, payload) : payload);
        if (step != Step::need_more) return step;
    }
}

/// What is left of the input is the beginning of a frame: kept until its rest comes.
WebSocketReader::Step WebSocketReader::wait() {
    if (input_is_pending_) {
        pending_.consume(pending_.size() - input_.size());
    } else {
        pending_.append(input_);
    }
    input_ = {};
    input_is_pending_ = true;
    input_ = pending_.view();
    return Step::need_more;
}

/// Nothing while the head is incomplete, and when it is refused. A length above the limit is refused here,
/// before a byte of the payload is kept.
std::optional<WebSocketReader::Head> WebSocketReader::read_head() {
    if (input_.size() < 2) return std::nullopt;
    const auto first = static_cast<unsigned char>(input_[0]);
    const auto second = static_cast<unsigned char>(input_[1]);
    std::size_t head_bytes = 2;
    std::uint64_t length = second & 0x7fU;
    if (length == 126) {
        head_bytes = 4;
        if (input_.size() < head_bytes) return std::nullopt;
        length = big_endian(input_.substr(2, 2));
        if (length < 126)
            return refuse(Errc::corrupt, "a length is written longer than needed",
                          close_code::kProtocolError),
                   std::nullopt;
    } else if (length == 127) {
        head_bytes = 10;
        if (input_.size() < head_bytes) return std::nullopt;
        length = big_endian(input_.substr(2, 8));
        if (length < 65536 || length >> 63 != 0)
            return refuse(Errc::corrupt, "a length is written longer than needed",
                          close_code::kProtocolError),
                   std::nullopt;
    }
    const bool is_masked = (second & 0x80U) != 0;
    if (is_masked != (sender_ == Sender::client))
        return refuse(Errc::corrupt,
                      is_masked ? "a server's frame is masked" : "a client's frame is not masked",
                      close_code::kProtocolError),
               std::nullopt;
    if (!is_known(first & 0x0fU) || (first & 0x30U) != 0)
        return refuse(Errc::corrupt, "an unknown opcode or reserved bit", close_code::kProtocolError),
               std::nullopt;
    if (limits_.message_bytes_max < length)
        return refuse(Errc::out_of_range, "a message is above the size limit", close_code::kTooBig),
               std::nullopt;
    std::array<unsigned char, 4> mask{};
    if (is_masked) {
        if (input_.size() < head_bytes + mask.size()) return std::nullopt;
        std::memcpy(mask.data(), input_.data() + head_bytes, mask.size());
        head_bytes += mask.size();
    }
    const Head head{.opcode = static_cast<Opcode>(first & 0x0fU),
                    .is_final = (first & 0x80U) != 0,
                    .is_compressed = (first & 0x40U) != 0,
                    .head_bytes = head_bytes,
                    .payload_bytes = static_cast<std::size_t>(length),
                    .mask = mask};
    return allow(head) ? std::optional{head} : std::nullopt;
}

/// The rules that need the frames before this one.
bool WebSocketReader::allow(const Head& head) {
    const char* wrong = nullptr;
    if (is_control(head.opcode)) {
        if (!head.is_final || kControlBytesMax < head.payload_bytes)
            wrong = "a control frame is long or in pieces";
        if (head.is_compressed) wrong = "a control frame is compressed";
    } else if (head.opcode == Opcode::continuation) {
        if (!in_message_) wrong = "a continuation of nothing";
        if (head.is_compressed) wrong = "a continuation says that it is compressed";
    } else {
        if (in_message_) wrong = "a message begins inside another";
        if (head.is_compressed && !deflate_) wrong = "a compressed message was not agreed on";
    }
    if (wrong) {
        refuse(Errc::corrupt, wrong, close_code::kProtocolError);
        return false;
    }
    if (!is_control(head.opcode) && in_message_ &&
        limits_.message_bytes_max - message_.size() < head.payload_bytes) {
        refuse(Errc::out_of_range, "a message is above the size limit", close_code::kTooBig);
        return false;
    }
    return true;
}

/// The input stays as it came: it may be looked at again.
std::string_view WebSocketReader::unmask(const Head& head, std::string_view payload) {
    unmasked_.clear();
    char* const to = unmasked_.room(std::max<std::size_t>(payload.size(), 1));
    for (std::size_t i = 0; i < payload.size(); ++i)
        to[i] = static_cast<char>(payload[i] ^ head.mask[i % head.mask.size()]);
    unmasked_.grow(payload.size());
    return {to, payload.size()};
}

/// need_more: the frame was taken in and there is nothing to give out yet.
WebSocketReader::Step WebSocketReader::give(Event& event, const Head& head, std::string_view payload) {
    if (!is_control(head.opcode)) return give_data(event, head, payload);
    event = {.opcode = head.opcode, .bytes = payload};
    return Step::event;
}

WebSocketReader::Step WebSocketReader::give_data(Event& event, const Head& head, std::string_view payload) {
    if (!in_message_) {
        message_opcode_ = head.opcode;
        message_is_compressed_ = head.is_compressed;
        event.opcode = head.opcode;
        if (head.is_final) {
            if (head.is_compressed) return give_inflated(event, payload);
            event.bytes = payload;
            return Step::event;
        }
        in_message_ = true;
        message_.clear();
    }
    message_.append(payload);
    if (!head.is_final) return Step::need_more;
    in_message_ = false;
    event.opcode = message_opcode_;
    if (message_is_compressed_) return give_inflated(event, message_.view());
    if (message_.empty()) message_.room(1);  // so that there is padding behind an empty message too
    event.bytes = message_.view();
    return Step::event;
}

/// RFC 7692, 7.2.2: the sender took the four bytes off the end that an empty stored block begins with.
WebSocketReader::Step WebSocketReader::give_inflated(Event& event, std::string_view compressed) {
    constexpr std::string_view kTail{"\x00\x00\xff\xff", 4};
    inflated_.clear();
    inflated_.room(1);
    inflater_->next_message();
    Status inflated = inflater_->feed(compressed, inflated_);
    if (inflated && !inflater_->ended()) inflated = inflater_->feed(kTail, inflated_);
    if (!inflated) {
        const bool is_big = inflated.error().code() == Errc::out_of_range;
        error_ = inflated.error();
        code_to_send_ = is_big ? close_code::kTooBig : close_code::kBadPayload;
        return Step::failed;
    }
    // A sender may end its stream with each message (7.2.3.4); the next then begins a new one.
    if (deflate_->no_context_takeover || inflater_->ended()) inflater_->reset();
    event.bytes = inflated_.view();
    return Step::event;
}

WebSocketReader::Step WebSocketReader::refuse(Errc code, const char* what, std::uint16_t close) {
    error_.emplace(code, what);
    code_to_send_ = close;
    return Step::failed;
}

namespace {

constexpr unsigned kFinal = 0x80U, kCompressed = 0x40U, kMasked = 0x80U;

/// First bits and opcode, then the length in its shortest form (5.2).
void append_head(std::string& out, unsigned first, unsigned masked, std::size_t size) {
    out.push_back(static_cast<char>(first));
    const auto push_big_endian = [&](int bytes) {
        for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(size >> (8 * i)));
    };
    if (size < 126) {
        out.push_back(static_cast<char>(masked | size));
    } else if (size <= 0xffff) {
        out.push_back(static_cast<char>(masked | 126U));
        push_big_endian(2);
    } else {
        out.push_back(static_cast<char>(masked | 127U));
        push_big_endian(8);
    }
}

}  // namespace

void append_client_frame(std::string& out, Opcode opcode, std::string_view payload,
                         std::array<unsigned char, 4> mask) {
    append_head(out, kFinal | static_cast<unsigned>(opcode), kMasked, payload.size());
    for (const unsigned char byte : mask) out.push_back(static_cast<char>(byte));
    const std::size_t begin = out.size();
    out.append(payload);
    for (std::size_t i = 0; i < payload.size(); ++i)
        out[begin + i] = static_cast<char>(out[begin + i] ^ mask[i % 4]);
}

void append_server_frame(std::string& out, Opcode opcode, std::string_view payload, bool is_compressed) {
    const unsigned first = kFinal | (is_compressed ? kCompressed : 0U) | static_cast<unsigned>(opcode);
    append_head(out, first, 0, payload.size());
    out.append(payload);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    return payload.append(reason.substr(0, kControlBytesMax - 2));
}

Result<CloseFrame> parse_close(std::string_view payload) {
    if (payload.empty()) return CloseFrame{};
    if (payload.size() == 1) return fail(Errc::corrupt, "a close frame of one byte");
    const auto code = static_cast<std::uint16_t>(big_endian(payload.substr(0, 2)));
    const bool may_travel =
        (1000 <= code && code <= 1003) || (1007 <= code && code <= 1014) || (3000 <= code && code <= 4999);
    if (!may_travel) return fail(Errc::corrupt, "a close frame with a code that must not travel");
    return CloseFrame{.code = code, .reason = payload.substr(2)};
}

}  // namespace plumb::io
