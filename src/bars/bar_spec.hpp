#pragma once

#include <array>
#include <span>
#include <string_view>

#include "base/time.hpp"

namespace plumb::bars {

using Seconds = std::chrono::seconds;

/// Every bar length a user may ask for.
inline constexpr std::array<Seconds, 20> kGranularities = {
    Seconds{1},     Seconds{5},     Seconds{10},    Seconds{15},    Seconds{30},
    Seconds{60},    Seconds{120},   Seconds{180},   Seconds{300},   Seconds{600},
    Seconds{900},   Seconds{1800},  Seconds{3600},  Seconds{7200},  Seconds{14400},
    Seconds{21600}, Seconds{28800}, Seconds{43200}, Seconds{86400}, Seconds{604800}};

bool is_granularity(Duration length);
/// "1h", "4h", and the earlier programs' words. Errc::parse or Errc::unsupported lists what there is.
Result<Duration> parse_granularity(std::string_view text);
/// "1s 5s 10s ... 1w", for messages and --list-granularities.
std::string granularity_list();

/// When the slot that holds `at` begins. Slots are cut in UTC, days at midnight, weeks on Monday at midnight;
/// each moment is in exactly one slot, also when clocks change somewhere (F16). `length` is above zero.
Timestamp slot_open(Timestamp at, Duration length);

}  // namespace plumb::bars
