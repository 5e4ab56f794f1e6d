#include "portfolio/fill_set.hpp"

#include <bit>
#include <cstdint>

#include "base/check.hpp"

namespace plumb::portfolio {
namespace {

std::uint64_t hash(std::string_view text) {  // FNV-1a
    std::uint64_t h = 0xcbf29ce484222325ULL;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return h;
}

}  // namespace

FillSet::FillSet(std::size_t reserve) : slots_(std::bit_ceil(reserve < 16 ? std::size_t{16} : reserve)) {}

std::size_t FillSet::slot_of(const ExecutionId& id) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash(id.view()) & mask;
    while (!slots_[slot].empty() && slots_[slot] != id) slot = (slot + 1) & mask;
    return slot;
}

bool FillSet::insert(const ExecutionId& id) {
    PLUMB_CHECK(!id.empty());
    const std::size_t slot = slot_of(id);
    if (!slots_[slot].empty()) return false;
    slots_[slot] = id;
    if (++size_ * 4 > slots_.size() * 3) grow();
    return true;
}

void FillSet::grow() {
    std::vector<ExecutionId> old(slots_.size() * 2);
    old.swap(slots_);
    for (const ExecutionId& id : old) {
        if (!id.empty()) slots_[slot_of(id)] = id;
    }
}

}  // namespace plumb::portfolio
