#include "core/bar_history.hpp"

#include <algorithm>
#include <limits>

namespace plumb {

Status BarHistory::append(Timestamp open_time, const Ohlcv& values, BarOrigin origin) {
    if (open_time.time_since_epoch() % std::chrono::seconds{1} != Duration{}) {
        return fail(Errc::out_of_range, "expected an open time on a whole second");
    }
    if (empty()) {
        first_ = open_time;
    } else if (const Timestamp last = this->open_time(size() - 1); open_time <= last) {
        return open_time == last ? fail(Errc::duplicate, "two bars with one open time")
                                 : fail(Errc::unsorted, "expected open times in ascending order");
    }
    const auto since = std::chrono::duration_cast<std::chrono::seconds>(open_time - first_).count();
    if (since > std::numeric_limits<std::uint32_t>::max()) {
        return fail(Errc::out_of_range, "expected open times within 136 years of the first");
    }
    seconds_.push_back(static_cast<std::uint32_t>(since));
    origins_.push_back(origin);
    open_.push_back(values.open.value);
    high_.push_back(values.high.value);
    low_.push_back(values.low.value);
    close_.push_back(values.close.value);
    volume_.push_back(values.volume.value);
    return {};
}

Ohlcv BarHistory::values(std::size_t at) const {
    return {Price{open_[at]}, Price{high_[at]}, Price{low_[at]}, Price{close_[at]}, Quantity{volume_[at]}};
}

ClosedBar BarHistory::bar(std::size_t at, InstrumentId instrument) const {
    return {instrument, origins_[at], open_time(at), length_, values(at)};
}

std::size_t BarHistory::first_at_or_after(Timestamp time) const {
    if (empty() || time <= first_) return 0;
    const auto since = std::chrono::ceil<std::chrono::seconds>(time - first_).count();
    const auto at =
        std::ranges::lower_bound(seconds_, since, {}, [](std::uint32_t each) { return std::int64_t{each}; });
    return static_cast<std::size_t>(at - seconds_.begin());
}

BarHistory BarHistory::slice(Timestamp from, Timestamp to) const {
    BarHistory part{name_, length_};
    const std::size_t begin = first_at_or_after(from), end = std::max(begin, first_at_or_after(to));
    if (begin == end) return part;
    part.reserve(end - begin);
    part.first_ = open_time(begin);
    for (std::size_t i = begin; i < end; ++i) {
        part.seconds_.push_back(seconds_[i] - seconds_[begin]);
        part.origins_.push_back(origins_[i]);
        part.open_.push_back(open_[i]);
        part.high_.push_back(high_[i]);
        part.low_.push_back(low_[i]);
        part.close_.push_back(close_[i]);
        part.volume_.push_back(volume_[i]);
    }
    part.shrink_to_fit();
    return part;
}

std::vector<double> BarHistory::closes() const {
    std::vector<double> numbers(size());
    for (std::size_t i = 0; i < size(); ++i) numbers[i] = close_.to_double(i);
    return numbers;
}

void BarHistory::reserve(std::size_t count) {
    seconds_.reserve(count);
    origins_.reserve(count);
    for (DecimalColumn* column : {&open_, &high_, &low_, &close_, &volume_}) column->reserve(count);
}

void BarHistory::shrink_to_fit() {
    seconds_.shrink_to_fit();
    origins_.shrink_to_fit();
    for (DecimalColumn* column : {&open_, &high_, &low_, &close_, &volume_}) column->shrink_to_fit();
}

std::size_t BarHistory::bytes() const {
    std::size_t sum = seconds_.capacity() * sizeof(std::uint32_t) + origins_.capacity();
    for (const DecimalColumn* column : {&open_, &high_, &low_, &close_, &volume_}) sum += column->bytes();
    return sum;
}

}  // namespace plumb
