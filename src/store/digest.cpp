#include "store/digest.hpp"

#include <fmt/format.h>

#include "store/tape_codec.hpp"

namespace plumb::store {
namespace {

struct Describer {
    const InstrumentTable& instruments;

    std::string name(InstrumentId id) const {
        return id.value < instruments.size() ? instruments[id].name() : fmt::format("#{}", id.value);
    }
    std::string order(const OrderRequest& order) const {
        return fmt::format("{} {} {} {} {} {}", to_string(order.side), order.quantity.to_string(),
                           name(order.instrument), to_string(order.type), to_string(order.purpose),
                           order.id.to_string());
    }

    std::string operator()(const RecordIntent& effect) const { return "INTENT " + order(effect.order); }
    std::string operator()(const RecordOrder& effect) const {
        return fmt::format("ORDER {} {} {}", effect.report.order.to_string(), to_string(effect.report.state),
                           effect.report.reason.view());
    }
    std::string operator()(const RecordFill& effect) const {
        const Fill& fill = effect.fill;
        return fmt::format("FILL {} {} {} at {} fee {} {}", to_string(fill.side), fill.quantity.to_string(),
                           name(fill.instrument), fill.price.to_string(), fill.fee.to_string(),
                           fill.order.to_string());
    }
    std::string operator()(const RecordPair& effect) const {
        return fmt::format("PAIR {} {} {} held {} {}", effect.status.pair.value,
                           to_string(effect.status.phase), to_string(effect.status.side),
                           effect.status.held[0].to_string(), effect.status.held[1].to_string());
    }
    std::string operator()(const Submit& effect) const { return "SUBMIT " + order(effect.order.request()); }
    std::string operator()(const Cancel& effect) const { return "CANCEL " + effect.order.to_string(); }
    std::string operator()(const Signaled& effect) const {
        return fmt::format("SIGNAL {} {} pair {} z {}", to_string(effect.signal.type),
                           to_string(effect.signal.reason), effect.signal.pair.value, effect.signal.z);
    }
    std::string operator()(const Denied& effect) const {
        return fmt::format("DENIED {} pair {} found {} limit {}", effect.check, effect.pair.value,
                           effect.found, effect.limit);
    }
    std::string operator()(const Recalibrated& effect) const {
        return fmt::format("RECALIBRATED pair {} mean {} -> {} std {} -> {}", effect.pair.value,
                           effect.mean_before, effect.mean_after, effect.std_before, effect.std_after);
    }
    std::string operator()(const PairClosed& effect) const {
        return fmt::format("CLOSED pair {} realized {}", effect.status.pair.value,
                           effect.status.realized.to_string());
    }
    std::string operator()(const EquityPoint& effect) const { return "EQUITY " + effect.equity.to_string(); }
    std::string operator()(const StateChanged& effect) const {
        return fmt::format("STATE {} {}", to_string(effect.state), effect.why);
    }
};

}  // namespace

std::uint64_t fnv1a(std::string_view bytes, std::uint64_t before) {
    for (const char c : bytes) before = (before ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return before;
}

std::uint64_t DecisionDigest::add(std::span<const Effect> effects) {
    if (effects.empty()) return 0;
    bytes_.clear();
    ByteWriter out{bytes_};
    for (const Effect& effect : effects) write_effect(out, effect);
    value_ = fnv1a(bytes_, value_);
    ++steps_;
    return fnv1a(bytes_);
}

std::string describe(std::span<const Effect> effects, const InstrumentTable& instruments) {
    std::string line;
    for (const Effect& effect : effects) {
        if (!line.empty()) line += " | ";
        line += std::visit(Describer{instruments}, effect);
    }
    return line;
}

}  // namespace plumb::store
