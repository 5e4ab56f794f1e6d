#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/time.hpp"

namespace plumb::exchange::alpaca {

/// Writes one MessagePack value from left to right, with the words of JsonOut, so that a message is described
/// once for both. Times are the timestamp extension (type -1), decimals are doubles.
class MsgpackOut {
 public:
    explicit MsgpackOut(std::string& out) : out_{out} {}

    MsgpackOut& begin_object();
    MsgpackOut& end_object();
    MsgpackOut& begin_array();
    MsgpackOut& end_array();
    MsgpackOut& key(std::string_view name);

    MsgpackOut& text(std::string_view value);
    MsgpackOut& number(Decimal value);
    MsgpackOut& number(std::int64_t value);
    MsgpackOut& boolean(bool value);
    MsgpackOut& time(Timestamp value);

    MsgpackOut& text(std::string_view name, std::string_view value) { return key(name).text(value); }
    MsgpackOut& number(std::string_view name, Decimal value) { return key(name).number(value); }
    MsgpackOut& number(std::string_view name, std::int64_t value) { return key(name).number(value); }
    MsgpackOut& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
    MsgpackOut& time(std::string_view name, Timestamp value) { return key(name).time(value); }

 private:
    /// A container whose number of entries is written when it is closed.
    struct Open {
        std::size_t size_at = 0;
        std::uint32_t count = 0;
        bool is_map = false;
    };

    void value_comes();
    void open(char tag, bool is_map);
    void close();
    void put_big_endian(std::uint64_t value, int bytes);

    std::string& out_;
    std::vector<Open> open_;
};

}  // namespace plumb::exchange::alpaca
