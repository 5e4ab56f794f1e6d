#include "exchange/alpaca/msgpack_out.hpp"

#include <bit>

#include "base/check.hpp"

namespace plumb::exchange::alpaca {

void MsgpackOut::value_comes() {
    if (!open_.empty() && !open_.back().is_map) ++open_.back().count;
}

void MsgpackOut::put_big_endian(std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; 0 <= shift; shift -= 8)
        out_ += static_cast<char>(value >> shift & 0xff);
}

void MsgpackOut::open(char tag, bool is_map) {
    value_comes();
    out_ += tag;
    open_.push_back({.size_at = out_.size(), .count = 0, .is_map = is_map});
    out_.append(4, '\0');
}

void MsgpackOut::close() {
    const Open done = open_.back();
    open_.pop_back();
    for (std::size_t i = 0; i < 4; ++i) {
        out_[done.size_at + i] = static_cast<char>(done.count >> (24 - 8 * i) & 0xff);
    }
}

MsgpackOut& MsgpackOut::begin_object() {
    open('\xdf', true);  // map 32
    return *this;
}

MsgpackOut& MsgpackOut::begin_array() {
    open('\xdd', false);  // array 32
    return *this;
}

MsgpackOut& MsgpackOut::end_object() {
    close();
    return *this;
}

MsgpackOut& MsgpackOut::end_array() {
    close();
    return *this;
}

MsgpackOut& MsgpackOut::key(std::string_view name) {
    PLUMB_CHECK(!open_.empty() && open_.back().is_map);
    ++open_.back().count;
    return text(name);  // counts for lists only
}

MsgpackOut& MsgpackOut::text(std::string_view value) {
    value_comes();
    if (value.size() < 32) {
        out_ += static_cast<char>(0xa0 | value.size());
    } else if (value.size() < 256) {
        out_ += '\xd9';
        put_big_endian(value.size(), 1);
    } else {
        out_ += '\xdb';
        put_big_endian(value.size(), 4);
    }
    out_ += value;
    return *this;
}

MsgpackOut& MsgpackOut::number(Decimal value) {
    value_comes();
    out_ += '\xcb';
    put_big_endian(std::bit_cast<std::uint64_t>(value.to_double()), 8);
    return *this;
}

MsgpackOut& MsgpackOut::number(std::int64_t value) {
    value_comes();
    if (0 <= value && value < 128) {
        out_ += static_cast<char>(value);
    } else if (0 <= value && value < 65'536) {
        out_ += '\xcd';
        put_big_endian(static_cast<std::uint64_t>(value), 2);
    } else if (0 <= value && value < std::int64_t{1} << 32) {
        out_ += '\xce';
        put_big_endian(static_cast<std::uint64_t>(value), 4);
    } else {
        out_ += value < 0 ? '\xd3' : '\xcf';
        put_big_endian(static_cast<std::uint64_t>(value), 8);
    }
    return *this;
}

MsgpackOut& MsgpackOut::boolean(bool value) {
    value_comes();
    out_ += value ? '\xc3' : '\xc2';
    return *this;
}

MsgpackOut& MsgpackOut::time(Timestamp value) {
    value_comes();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(value);
    out_ += "\xd7\xff";  // fixext 8, type -1: 30 bits of nanoseconds, 34 bits of seconds
    put_big_endian(static_cast<std::uint64_t>((value - seconds).count()) << 34 |
                       (static_cast<std::uint64_t>(seconds.time_since_epoch().count()) & 0x3'ffff'ffff),
                   8);
    return *this;
}

}  // namespace plumb::exchange::alpaca
