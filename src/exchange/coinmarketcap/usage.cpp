#include "exchange/coinmarketcap/usage.hpp"

namespace plumb::exchange::coinmarketcap {
namespace {

using namespace std::chrono;

constexpr std::string_view kFree = "-free";
constexpr Plan kBasic{"Basic", 30, 10'000, false};
constexpr Plan kProfessional{"Professional", 600, 3'000'000, true};

Timestamp month_of(Timestamp now) {
    const year_month_day date{floor<days>(now)};
    return Timestamp{sys_days{date.year() / date.month() / 1}};
}

}  // namespace

const Plan* Usage::plan_of(std::string_view key, Timestamp now) const {
    const bool is_free = key.ends_with(kFree);
    const std::string_view name = is_free ? key.substr(0, key.size() - kFree.size()) : key;
    for (const ApiAccess& one : keys_) {
        if (one.key == name && (!one.expires_at || now < *one.expires_at))
            return is_free ? &kBasic : &kProfessional;
    }
    return nullptr;
}

Usage::Counts& Usage::counts(std::string_view key, Timestamp now) {
    auto found = counts_.find(key);
    if (found == counts_.end()) found = counts_.emplace(std::string{key}, Counts{}).first;
    Counts& counts = found->second;
    if (const Timestamp minute = floor<minutes>(now); counts.minute != minute) {
        counts.minute = minute;
        counts.requests_of_minute = 0;
    }
    if (const Timestamp day = floor<days>(now); counts.day != day) {
        counts.day = day;
        counts.credits_of_day = 0;
    }
    if (const Timestamp month = month_of(now); counts.month != month) {
        counts.month = month;
        counts.credits_of_month = 0;
    }
    return counts;
}

Timestamp next_month(Timestamp now) { return month_of(month_of(now) + days{32}); }

}  // namespace plumb::exchange::coinmarketcap
