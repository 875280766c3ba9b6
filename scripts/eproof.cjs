#!/usr/bin/env node
'use strict';
// The `eproof` command. Plain ES5: it may be started by an older Node, and then hands over to the one that the project brings.
var childProcess = require('child_process');
var path = require('path');

var command = path.join(__dirname, 'eproof.ts');
if (Number(process.versions.node.split('.')[0]) >= 24) {
  import(require('url').pathToFileURL(command).href);
} else {
  childProcess.execFileSync(process.execPath, [path.join(__dirname, 'bootstrap.cjs')], { stdio: ['ignore', 2, 2] });
  var node = path.join(__dirname, '..', 'node_modules', '.bin', 'node');
  var result = childProcess.spawnSync(node, [command].concat(process.argv.slice(2)), { stdio: 'inherit' });
  process.exitCode = result.status === null ? 70 : result.status;
}
