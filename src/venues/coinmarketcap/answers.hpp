#pragma once

#include <memory>
#include <vector>

#include "venues/coinmarketcap/credits.hpp"
#include "venues/coinmarketcap/quoted_bars.hpp"
#include "wire/question.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::coinmarketcap {

/// Which number the venue knows an instrument's coin by.
class CoinNumbers {
 public:
    void set(InstrumentId instrument, std::uint64_t number) {
        if (numbers_.size() <= instrument.value) numbers_.resize(instrument.value + 1);
        numbers_[instrument.value] = number;
    }
    /// Zero where it is not known.
    std::uint64_t find(InstrumentId instrument) const {
        return instrument.value < numbers_.size() ? numbers_[instrument.value] : 0;
    }

 private:
    std::vector<std::uint64_t> numbers_;
};

/// REST answers of all shapes the venue has (maps, lists, single objects) as events and a verdict. Polled
/// prices come out as quoted bars. Events are given out only when the whole answer was read.
class AnswerReader {
 public:
    static constexpr Duration kQuotedBarLength = std::chrono::minutes{1};

    /// All outlive the reader.
    AnswerReader(wire::SymbolMap& symbols, CoinNumbers& numbers, CreditBudget& credits);
    ~AnswerReader();

    wire::Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                     wire::WireSink& sink);

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::venues::coinmarketcap
