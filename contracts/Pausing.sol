// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Governance} from "./Governance.sol";
import {IPausing} from "./interfaces/IPausing.sol";

abstract contract Pausing is Governance, IPausing {
    uint40 private constant _PAUSE = 3 days;
    uint40 private constant _PAUSE_INTERVAL = 30 days;

    /// @inheritdoc IPausing
    address public guardian;

    /// @inheritdoc IPausing
    uint40 public pausedUntil;

    uint40 private _pausedAt;

    modifier whenNotPaused() {
        _requireNotPaused();
        _;
    }

    /// @inheritdoc IPausing
    function setGuardian(address guardian_) external onlyGovernance {
        guardian = guardian_;
        emit GuardianChanged(guardian_);
    }

    /// @inheritdoc IPausing
    function pause() external {
        require(msg.sender == guardian, GuardianUnauthorized(msg.sender));
        uint40 allowedFrom = _pausedAt == 0 ? 0 : _pausedAt + _PAUSE_INTERVAL;
        require(_time() >= allowedFrom, GuardianPauseTooSoon(_time(), allowedFrom));
        _pausedAt = _time();
        pausedUntil = _time() + _PAUSE;
        emit Paused(pausedUntil);
    }

    /// @inheritdoc IPausing
    function unpause() external {
        require(msg.sender == guardian || msg.sender == governance, GuardianUnauthorized(msg.sender));
        require(_isPaused(), RegistryNotPaused());
        pausedUntil = 0;
        emit Unpaused();
    }

    function _requireNotPaused() internal view {
        require(!_isPaused(), RegistryPaused(pausedUntil));
    }

    function _time() internal view returns (uint40) {
        return uint40(block.timestamp);
    }

    function _isPaused() private view returns (bool) {
        return _time() < pausedUntil;
    }
}
