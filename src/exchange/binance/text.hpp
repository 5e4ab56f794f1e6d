#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "base/time.hpp"

namespace plumb::exchange::binance {

/// In which unit times are told: the header X-MBX-TIME-UNIT, timeUnit= of streams.
enum class TimeUnit : unsigned char { milliseconds, microseconds };

std::int64_t stamp(Timestamp time, TimeUnit unit);

/// Appends `value` with exactly `decimals` (0..18) decimals, cut toward zero: "0.00001000".
void append_fixed(std::string& out, Decimal value, int decimals);
void append_number(std::string& out, std::int64_t value);
/// Quoted and escaped. Bytes that are no UTF-8 become '?', so that every answer is JSON.
void append_quoted(std::string& out, std::string_view text);

/// JSON text in the order of the calls, written straight into one string. A key is left out inside lists.
class JsonWriter {
 public:
    JsonWriter& open(std::string_view key = {});
    JsonWriter& close();
    JsonWriter& open_list(std::string_view key = {});
    JsonWriter& close_list();
    JsonWriter& text(std::string_view key, std::string_view value);
    JsonWriter& fixed(std::string_view key, Decimal value, int decimals);  // as text
    JsonWriter& plain(std::string_view key, Decimal value);                // as text, shortest
    JsonWriter& number(std::string_view key, std::int64_t value);
    JsonWriter& boolean(std::string_view key, bool value);
    JsonWriter& null(std::string_view key);
    /// JSON that is written already.
    JsonWriter& raw(std::string_view key, std::string_view json);

    std::string take() { return std::move(out_); }
    std::string& out() { return out_; }

 private:
    void begin(std::string_view key);

    std::string out_;
};

}  // namespace plumb::exchange::binance
