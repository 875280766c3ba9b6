// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Issuers} from "./Issuers.sol";
import {ICredentialTypes} from "./interfaces/ICredentialTypes.sol";

abstract contract CredentialTypes is Issuers, ICredentialTypes {
    /// @dev One slot, found by the definition, which is what an anchor names. {Notices} counts its notices here.
    struct CredentialType {
        uint32 number;
        TypeState state;
        uint32 noticeCount;
    }

    mapping(uint32 issuer => mapping(bytes32 definition => CredentialType)) private _types;
    mapping(uint32 issuer => mapping(uint32 number => bytes32)) private _definitions;
    mapping(uint32 issuer => uint32) private _typeCounts;

    /// @inheritdoc ICredentialTypes
    function openCredentialType(
        uint32 issuer,
        bytes32 definition
    ) external onlyActiveAdmin(issuer) whenNotPaused returns (uint32 number) {
        require(definition != bytes32(0), CredentialTypeInvalidDefinition(issuer, definition));
        uint32 known = _types[issuer][definition].number;
        require(known == 0, CredentialTypeAlreadyOpened(issuer, definition, known));

        number = ++_typeCounts[issuer];
        _types[issuer][definition] = CredentialType({number: number, state: TypeState.Open, noticeCount: 0});
        _definitions[issuer][number] = definition;
        emit CredentialTypeOpened(issuer, number, definition);
    }

    /// @inheritdoc ICredentialTypes
    function closeCredentialType(uint32 issuer, uint32 number) external onlyAdmin(issuer) {
        CredentialType storage record = _types[issuer][_definitions[issuer][number]];
        require(record.state == TypeState.Open, CredentialTypeNotOpen(issuer, number, record.state));
        record.state = TypeState.Closed;
        emit CredentialTypeClosed(issuer, number);
    }

    function _credentialType(uint32 issuer, bytes32 definition) internal view returns (CredentialType storage) {
        return _types[issuer][definition];
    }

    function _definition(uint32 issuer, uint32 number) internal view returns (bytes32) {
        return _definitions[issuer][number];
    }
}
